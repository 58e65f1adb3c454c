import { AsyncWriteError, type Connection, type Layer } from "@aw/core";
import type { Arguments } from "../line/arguments.ts";
import type { Action, Context } from "./action.ts";
import { outcomeOf, Silent } from "../line/exit.ts";
import { idleTimer } from "../ends/idle.ts";
import { fileOptionsOf } from "../line/file-options.ts";
import { layersOf } from "../line/layers.ts";
import { listenOn, parseListener, type Listening } from "../ends/listen.ts";
import { checkFolder, countOf, numbered } from "../ends/numbered-output.ts";
import { openTarget, timeoutOf, type Destination } from "../ends/open-target.ts";
import { prepareOutput } from "../ends/prepare-output.ts";
import { chain } from "../ends/progress.ts";
import { parseTarget, type Target } from "../line/target.ts";
import { transfer } from "../ends/transfer.ts";
import { usage } from "../line/usage.ts";

/** How each connection is received. */
interface Receiving {
  readonly args: Arguments;
  readonly layers: readonly Layer[];
  /** In milliseconds. */
  readonly time: number | undefined;
  readonly context: Context;
}

/** `aw recv`: what comes over connections, to files or standard output. */
export const recv: Action = async (args, context) => {
  const { signal, note } = context;
  const [where, ...rest] = args.positionals;
  if (where === undefined) throw usage("a listener is needed, such as tcp://127.0.0.1:9000");
  if (rest.length > 0) throw usage(`one listener, not also ${rest.join(" ")}; the output is -o`);
  const source = parseListener(where);
  const output = outputOf(args);
  args.checkFor(source.kind, output.kind);
  fileOptionsOf(args);
  const receiving = { args, layers: await layersOf(args), time: timeoutOf(args), context };
  const count = countOf(args, output);
  const listen = async (): Promise<Listening> => {
    const onRefused = (error: AsyncWriteError): void => note(`refused: ${outcomeOf(error).line}`);
    const listener = await listenOn(source, args, { signal, onRefused });
    note(`listening on ${listener.where}`);
    return listener;
  };
  if (count === undefined) await receiveOne(listen, output, receiving);
  else await receiveMany(listen, output, count, receiving);
};

/** The output is open before anybody can connect: a sender is not let in to be reset. */
async function receiveOne(
  listen: () => Promise<Listening>,
  output: Target,
  receiving: Receiving,
): Promise<void> {
  const prepared = await prepareOutput(output, receiving.args, receiving.context.signal);
  try {
    const listener = await listen();
    for await (const connection of listener) {
      listener.close();
      await receive(connection, () => prepared.open(), receiving);
      return;
    }
    // It ends without a connection only so.
    receiving.context.signal.throwIfAborted();
  } finally {
    await prepared.discard();
  }
}

/** Side by side, each to a file of its own. One that fails fails no other. */
async function receiveMany(
  listen: () => Promise<Listening>,
  output: Target,
  count: number,
  receiving: Receiving,
): Promise<void> {
  const { args, context } = receiving;
  await checkFolder(output);
  const listener = await listen();
  const open = new Set<Promise<void>>();
  let number = 0;
  let failed = 0;
  for await (const connection of listener) {
    number++;
    const name = `connection ${number}`;
    const own = numbered(output, number);
    const received = receive(connection, () => openTarget(own, args, context.signal), receiving)
      .catch((error: unknown) => {
        failed++;
        context.note(`${name}: ${outcomeOf(error).line ?? "was not received"}`);
      })
      .finally(() => open.delete(received));
    open.add(received);
    if (number === count) break;
  }
  listener.close();
  await Promise.all(open);
  context.signal.throwIfAborted();
  if (failed > 0) throw new Silent(1);
}

/** Resolves once all is in the output and that is closed; only then the peer is told so by our end. */
async function receive(
  connection: Connection,
  openOutput: () => Promise<Destination>,
  { args, layers, time, context }: Receiving,
): Promise<void> {
  const { signal, note } = context;
  try {
    const destination = await openOutput();
    const { out, finish } = await chain(destination, layers, args, { note });
    using idle = idleTimer(time, () => out.abort(silent(connection, time)));
    try {
      await transfer(connection.reader, out, signal, idle);
    } finally {
      finish();
    }
    await connection.close();
  } catch (error) {
    connection.abort(error);
    throw error;
  }
}

function outputOf(args: Arguments): Target {
  const output = parseTarget(args.get("output") ?? "-");
  if (output.kind === "file" || output.kind === "stdio") return output;
  throw usage("-o takes a file or -; to pass it on, use aw recv ... | aw send ...");
}

function silent(connection: Connection, time: number | undefined): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_TIMEOUT", `${connection}: nothing came for ${time} ms`);
}

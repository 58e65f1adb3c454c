import { AsyncWriteError, type Connection, type Layer } from "@aw/core";
import type { Arguments } from "../line/arguments.ts";
import type { Action, Context } from "./commands.ts";
import { outcomeOf, Silent } from "../line/exit.ts";
import { idleTimer } from "../ends/idle.ts";
import { layersOf } from "../line/layers.ts";
import { listenOn } from "../ends/listen.ts";
import { openTarget, timeoutOf } from "../ends/open-target.ts";
import { chain } from "../ends/progress.ts";
import { parseInteger } from "../line/sizes.ts";
import { parseTarget, type Target } from "../line/target.ts";
import { transfer } from "../ends/transfer.ts";
import { usage } from "../line/usage.ts";

/** Stands for the number of the connection in the name of its file. */
const NUMBER = "{n}";

/** `aw recv`: what comes over connections, to files or standard output. */
export const recv: Action = async (args, context) => {
  const { signal, note } = context;
  const [where, ...rest] = args.positionals;
  if (where === undefined) throw usage("a listener is needed, such as tcp://127.0.0.1:9000");
  if (rest.length > 0) throw usage(`one listener, not also ${rest.join(" ")}; the output is -o`);
  const source = parseTarget(where);
  const output = outputOf(args);
  args.checkFor(source.kind, output.kind);
  const layers = await layersOf(args);
  const time = timeoutOf(args);
  const expected = countOf(args, output);
  const onRefused = (error: AsyncWriteError): void => note(`refused: ${outcomeOf(error).line}`);
  const listener = await listenOn(source, args, { signal, onRefused });
  note(`listening on ${listener.where}`);

  let number = 0;
  let failed = 0;
  const receiving: Promise<void>[] = [];
  for await (const connection of listener) {
    number++;
    const name = `connection ${number}`;
    const received = receive(connection, numbered(output, number), layers, { args, time, context });
    if (!args.has("many")) {
      listener.close();
      await received;
      return;
    }
    const settled = received.catch((error: unknown) => {
      failed++;
      note(`${name}: ${outcomeOf(error).line ?? "was not received"}`);
    });
    receiving.push(settled);
    if (number === expected) break;
  }
  listener.close();
  await Promise.all(receiving);
  signal.throwIfAborted();
  if (failed > 0) throw new Silent(1);
};

/** Resolves once all is in the output and that is closed; only then the peer is told so by our end. */
async function receive(
  connection: Connection,
  output: Target,
  layers: readonly Layer[],
  { args, time, context }: { args: Arguments; time: number | undefined; context: Context },
): Promise<void> {
  const { signal, note } = context;
  try {
    const destination = await openTarget(output, args, signal);
    const { out, finish } = await chain(destination, layers, args, { note });
    using idle = idleTimer(time, () => out.abort(silent(connection, time)));
    try {
      await transfer(connection.readable, out, signal, idle);
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

/** How many connections to accept. */
function countOf(args: Arguments, output: Target): number {
  if (!args.has("many")) return 1;
  if (output.kind !== "file" || !output.path.includes(NUMBER)) {
    throw usage(`--many needs a file for each connection: -o 'part-${NUMBER}'`);
  }
  const value = args.get("many");
  const count = value === undefined ? Number.POSITIVE_INFINITY : parseInteger("many", value);
  if (count < 1) throw usage("--many takes a count of connections, at least 1");
  return count;
}

function numbered(output: Target, number: number): Target {
  if (output.kind !== "file") return output;
  return { kind: "file", path: output.path.replaceAll(NUMBER, String(number)) };
}

function silent(connection: Connection, time: number | undefined): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_TIMEOUT", `${connection}: nothing came for ${time} ms`);
}

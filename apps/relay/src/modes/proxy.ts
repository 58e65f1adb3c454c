/**
 * `npm start -- proxy db.example:5432 --port 8000`: a TCP proxy. The end of what one side sends becomes the end of that
 * direction only, so the other side can still answer; a failure of one side becomes a reset of the other, never a clean end.
 * What waits between a fast side and a slow one is bounded.
 */
import { copyBidirectional, serve } from "@aw/core";
import { connect, listen, type TcpConnection } from "@aw/tcp";
import { parseModeArgs, portOf, targetOf } from "../command/mode-args.ts";
import type { Signals } from "../command/signals.ts";

/** Milliseconds: to reach the target, without a byte either way, and for clients when the proxy is stopped. */
const CONNECT_WITHIN = 5000;
const IDLE_TIMEOUT = 300_000;
const STOP_WITHIN = 10_000;

export async function proxy(args: readonly string[], signals: Signals): Promise<void> {
  const { positionals, values } = parseModeArgs(args, ["port", "host"]);
  const target = targetOf(positionals[0]);
  await using listener = await listen({
    host: values["host"] ?? "127.0.0.1",
    port: portOf(values["port"]),
    idleTimeout: IDLE_TIMEOUT,
    onRefused: (error) => console.error(error.message),
  });
  signals.abort.addEventListener("abort", () => listener.abort());
  const served = serve(listener, forward, {
    onError: (error, client) => console.error(`${client}: ${(error as Error).message}`),
  });
  console.log(`listening: ${listener}`);
  await signals.stopped();
  await listener.close({ deadline: STOP_WITHIN });
  await served;

  async function forward(client: TcpConnection): Promise<void> {
    await using server = await connect(target, {
      timeout: CONNECT_WITHIN,
      idleTimeout: IDLE_TIMEOUT,
    });
    const { aToB, bToA } = await copyBidirectional(client, server);
    console.log(`${client}: ${aToB} bytes to ${server}, ${bToA} bytes back`);
  }
}

/** A page: no types of Node, and a `lib` that has not heard of `Symbol.asyncDispose`. */
import { gunzip, gzip } from "@aw/compression";
import { conformanceCases, type ConformanceCase } from "@aw/conformance";
import { AsyncWriteError, buffered, memory, type Connection, type Writer } from "@aw/core";
import { checkOptions, POSITIVE_COUNT, type Schema } from "@aw/core/implementor";
import { connect, fromWebSocket, messages, type WebSocketMessages } from "@aw/websocket";

export async function upload(url: string, body: Blob): Promise<number> {
  const connection: Connection = await connect(url, { protocols: ["logs"], transport: "stream" });
  await using out: Writer = gzip(buffered(connection), { level: 6 });
  await out.writeAll(new Uint8Array(await body.arrayBuffer()));
  await out.close();
  const reader = connection.readable.getReader();
  return (await reader.read()).value?.length ?? 0;
}

export function wrap(socket: WebSocket): WebSocketMessages<string> {
  const { readable } = fromWebSocket(new WebSocket(socket.url));
  void readable.cancel();
  return messages(socket, { type: "text" });
}

export async function unpack(bytes: Uint8Array): Promise<string> {
  const target = memory();
  const out = gunzip(target);
  try {
    await out.writeAll(bytes);
    await out.close();
  } catch (error) {
    if (AsyncWriteError.is(error) && error.code === "ERR_AW_CORRUPT") return "";
    throw error;
  }
  return target.text();
}

export const cases: readonly ConformanceCase[] = conformanceCases({
  name: "memory",
  seeds: 10,
  factory: () => ({ writer: memory(), delivered: async () => new Uint8Array(0) }),
});

const OPTIONS: Schema<{ size?: number }> = { size: POSITIVE_COUNT };

export function check(options: { size?: number }): void {
  checkOptions("consumer", options, OPTIONS);
}

/** A worker of the web platform: no DOM, no types of Node. */
import { gunzip } from "@aw/compression";
import { memory, toReader, type Connection, type Reader } from "@aw/core";
import { fromWebSocket } from "@aw/websocket";

export async function unpacked(request: Request): Promise<string> {
  const target = memory();
  const out = gunzip(target, { maxOutputBytes: 1 << 20 });
  if (request.body !== null)
    for await (const chunk of toReader(request.body)) await out.writeAll(chunk);
  await out.close();
  return target.text();
}

export function linesOf(socket: WebSocket): Reader {
  const connection: Connection = fromWebSocket(socket);
  return connection.reader;
}

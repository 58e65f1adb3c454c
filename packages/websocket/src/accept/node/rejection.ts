import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { Timer } from "@aw/core/implementor";

/** How long a peer may take to read why it was refused, in milliseconds. */
const READ_WITHIN = 5000;

/** An HTTP response in place of the upgrade. */
export interface Rejection {
  /** 400 to 599. */
  status: number;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Text. Default: the name of the status. */
  body?: string | undefined;
}

/** Answers an upgrade with a response, and closes. The socket needs a listener for errors. */
export function reject(
  socket: Duplex,
  { status, headers, body = STATUS_CODES[status] ?? "" }: Rejection,
): void {
  const lines = Object.entries({
    Connection: "close",
    "Content-Type": "text/plain; charset=utf-8",
    ...headers,
    "Content-Length": String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}\r\n`);
  const timer = new Timer();
  timer.start(READ_WITHIN, () => socket.destroy());
  socket.once("close", () => timer.clear());
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
}

/** No value may begin another header. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}

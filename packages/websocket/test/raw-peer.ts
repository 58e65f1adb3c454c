import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after } from "./instruments.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** An upgrade request, as a client may write it by hand. */
export function upgradeRequest(path = "/", headers: readonly string[] = []): string {
  return [
    `GET ${path} HTTP/1.1`,
    "Host: x",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    ...headers,
    "\r\n",
  ].join("\r\n");
}

/** A plain TCP client of a server of ours. */
export async function rawClient(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  after(() => socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** The head of the response to what was written. */
export async function responseHead(socket: Socket): Promise<string> {
  let text = "";
  for (;;) {
    const [data] = (await Promise.race([
      once(socket, "data"),
      once(socket, "close").then(() => [undefined]),
    ])) as [Buffer | undefined];
    text += data?.toString("latin1") ?? "";
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0 || data === undefined) return end < 0 ? text : text.slice(0, end);
  }
}

/** A plain TCP client that has been upgraded. */
export async function rawWebSocket(
  port: number,
  path = "/",
  headers: readonly string[] = [],
): Promise<Socket> {
  const socket = await rawClient(port);
  socket.write(upgradeRequest(path, headers));
  const head = await responseHead(socket);
  if (!head.startsWith("HTTP/1.1 101")) throw new Error(`not upgraded: ${head}`);
  return socket;
}

/** The answer to the upgrade request in `data`, up to the empty line. */
export function upgradeResponse(data: Buffer): string {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(data.toString())?.[1] ?? "";
  const accept = createHash("sha1")
    .update(key + GUID)
    .digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

export interface FrameOptions {
  /** Default: true. */
  fin?: boolean;
  /** The reserved bits, 4 for a compressed message. Default: 0. */
  reserved?: number;
  /** As a client does, with a key of zeros. Default: true. */
  masked?: boolean;
}

export function frame(
  opcode: number,
  payload: Uint8Array | string = "",
  { fin = true, reserved = 0, masked = true }: FrameOptions = {},
): Buffer {
  const bytes = Buffer.from(payload as Uint8Array);
  const extra = bytes.length < 126 ? 0 : bytes.length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extra + (masked ? 4 : 0));
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (extra === 0 ? bytes.length : extra === 2 ? 126 : 127);
  if (extra === 2) head.writeUInt16BE(bytes.length, 2);
  if (extra === 8) head.writeBigUInt64BE(BigInt(bytes.length), 2);
  return Buffer.concat([head, bytes]);
}

/** A close frame. */
export function closeFrame(code: number, reason = "", options?: FrameOptions): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return frame(8, payload, options);
}

/** The whole frames in `bytes`, unmasked. */
export function framesIn(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames: { opcode: number; payload: Buffer }[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const opcode = (bytes[at] as number) & 15;
    const masked = ((bytes[at + 1] as number) & 0x80) !== 0;
    let length = (bytes[at + 1] as number) & 0x7f;
    let start = at + 2;
    if (length === 126) {
      length = bytes.readUInt16BE(start);
      start += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(start));
      start += 8;
    }
    const key = masked ? bytes.subarray(start, start + 4) : Buffer.alloc(4);
    if (masked) start += 4;
    if (start + length > bytes.length) break;
    const payload = Buffer.from(bytes.subarray(start, start + length));
    for (let index = 0; index < length; index++) payload[index]! ^= key[index & 3]!;
    frames.push({ opcode, payload });
    at = start + length;
  }
  return frames;
}

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectSocket, createServer, Socket, type AddressInfo } from "node:net";
import { fromNodeDuplex } from "@aw/node";
import { connect } from "@aw/tcp";
import { stuck } from "./stuck.ts";

// Sockets are read into memory that they share, by what the option `onread` sets inside them. What comes has to be
// complete and in order, through pauses, and for whoever gets the socket back.

const TOTAL = 40 * 1024 * 1024;
/** The byte at an offset of the stream. */
const byteAt = (offset: number): number => (offset * 31 + (offset >> 13)) & 0xff;

function check(chunk: Uint8Array, offset: number): void {
  for (let index = 0; index < chunk.length; index += 97) {
    assert.equal(chunk[index], byteAt(offset + index), `byte ${offset + index}`);
  }
}

const symbols = Object.getOwnPropertySymbols(new Socket());
const names = new Set(symbols.map(({ description }) => description));
for (const name of ["kBuffer", "kBufferCb"]) assert.ok(names.has(name), `no ${name}`);

let sent = 0;
const server = createServer((socket) => {
  const next = (): void => {
    while (sent < TOTAL) {
      const piece = new Uint8Array(Math.min(1 + (sent % 50_021), TOTAL - sent));
      for (let index = 0; index < piece.length; index++) piece[index] = byteAt(sent + index);
      sent += piece.length;
      if (!socket.write(piece)) return;
    }
    socket.end();
  };
  socket.on("drain", next).on("error", () => {});
  next();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

// The reader stops for so long that everything before it is full, and goes on, several times.
const connection = await connect({ port, host: "127.0.0.1" });
let read = 0;
for (let stalls = 0; stalls < 3; stalls++) {
  await stuck(() => sent);
  for (const until = read + TOTAL / 8; read < until;) {
    const chunk = await connection.reader.read();
    assert.ok(chunk !== undefined);
    check(chunk, read);
    read += chunk.length;
  }
}
for await (const chunk of connection.reader) {
  check(chunk, read);
  read += chunk.length;
}
assert.equal(read, TOTAL);
connection.abort();

// A socket that was handed back is read as Node reads it.
sent = 0;
const socket = connectSocket({ port, host: "127.0.0.1", allowHalfOpen: true });
await once(socket, "connect");
const borrowed = fromNodeDuplex(socket);
// Nothing is emitted, but what had come before.
const early = socket.readableLength;
let emitted = 0;
const emit = socket.emit.bind(socket) as (...event: unknown[]) => boolean;
Object.assign(socket, {
  emit(...event: [string, ...unknown[]]): boolean {
    if (event[0] === "data") emitted += (event[1] as Uint8Array).length;
    return emit(...event);
  },
});
const first = await borrowed.reader.readExactly(100_000);
check(first, 0);
assert.equal(emitted, early);
await borrowed.release();
let offset = first.length;
while (offset < TOTAL) {
  const chunk = socket.read() as Buffer | null;
  if (chunk === null) await once(socket, "readable");
  else {
    check(chunk, offset);
    offset += chunk.length;
  }
}
socket.destroy();
server.close();

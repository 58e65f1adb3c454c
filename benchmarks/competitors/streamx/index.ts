import { once } from "node:events";
import { writev } from "node:fs";
import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { PassThrough, Writable } from "streamx";
import type { Competitor } from "../../src/competitor.ts";
import type { CallWay, FileWay, Payload, SendWay, SocketTarget } from "../../src/ways.ts";
import { connectTcp } from "../node/send.ts";

const HIGH_WATER: number = 64 * 1024;

async function drained(out: Writable, { message, count }: Payload): Promise<void> {
  for (let index = 0; index < count; index++) {
    if (!out.write(message)) await once(out, "drain");
  }
}

async function ended(out: Writable): Promise<void> {
  const closed = once(out, "close");
  out.end(undefined);
  await closed;
}

/** In batches, which is what it has over Node's. */
const file: FileWay = async (path, payload) => {
  const handle = await open(path, "w");
  const out = new Writable({
    highWaterMark: HIGH_WATER,
    writev: (batch, done) => writev(handle.fd, batch as Uint8Array[], (error) => done(error)),
  });
  await drained(out, payload);
  await ended(out);
  await handle.close();
};

const tcp: SendWay<SocketTarget> = async (target, payload) => {
  const socket = await connectTcp(target);
  const out = new Writable({
    highWaterMark: HIGH_WATER,
    writev: (batch, done) => {
      const last = batch.length - 1;
      socket.cork();
      batch.forEach((chunk, index) => {
        if (index === last) socket.write(chunk as Uint8Array, (error) => done(error ?? null));
        else socket.write(chunk as Uint8Array);
      });
      socket.uncork();
    },
  });
  await drained(out, payload);
  await ended(out);
  socket.end();
  return { arrived: Number(await text(socket)) };
};

const call: CallWay = (layers) => {
  let out: Writable = new Writable({
    highWaterMark: HIGH_WATER,
    write: (_chunk, done) => done(null),
  });
  for (let layer = 1; layer < layers; layer++) {
    const outer = new PassThrough({ highWaterMark: HIGH_WATER });
    outer.pipe(out);
    out = outer;
  }
  return (payload) => drained(out, payload);
};

export const competitor: Competitor = {
  ways: {
    call: { "write + drain": call },
    tcp: { "writev + drain": tcp },
    file: { "writev + drain": file },
    import: { streamx: "streamx" },
    size: { streamx: `export * from "streamx";` },
  },
};

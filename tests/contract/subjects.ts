import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { gzip } from "@aw/compression";
import { buffered, memory, type AsyncWrite, type Writer } from "@aw/core";
import { open } from "@aw/file";
import { connect } from "@aw/tcp";
import { Destination } from "./destination.ts";

/** A writer with a view of its destination. */
export interface Subject {
  writer: Writer;
  /** What has arrived, decoded. Asked after flush or close. */
  delivered(): Promise<Buffer>;
  /** Whether what has arrived looks complete. */
  finished(): Promise<boolean>;
  /** Makes the destination take nothing, then something again. */
  stall?: (() => void) | undefined;
  release?: (() => void) | undefined;
  /** Breaks the destination while nobody polls; resolves when the writer can know. */
  breakIt?: (() => Promise<void>) | undefined;
  cleanUp(): Promise<void>;
}

export interface Kind {
  name: string;
  /** The max bytes that it accepts while its destination takes nothing. */
  bound: number;
  make(): Promise<Subject>;
  /** Whether it sends without a flush. */
  unprompted?: boolean;
  /** One whose destination takes only `size` bytes and then no more. */
  makeFull?: (size: number) => Writer;
}

const KIB = 1024;

/** Two blocks, output up to 256 KiB, and one chunk of it. */
const GZIP_BOUND = (2 * 256 + 256 + 128) * KIB;

const nothing = (): Promise<void> => Promise.resolve();

/** A layer over a destination that the test controls. */
function layered(
  name: string,
  bound: number,
  layer: (inner: AsyncWrite) => Writer,
  decode: (raw: Buffer) => Buffer,
  isComplete: (raw: Buffer, target: Destination) => boolean,
  options?: { maxBytes: number; pending: boolean },
): Kind {
  return {
    name,
    bound,
    makeFull: (size) => layer(memory({ maxBytes: size })),
    make() {
      const target = new Destination(options);
      return Promise.resolve({
        writer: layer(target),
        delivered: () => Promise.resolve(decode(target.bytes())),
        finished: () => Promise.resolve(isComplete(target.bytes(), target)),
        stall: () => target.stall(),
        release: () => target.release(),
        breakIt: () => {
          target.break(Object.assign(new Error("broken"), { code: "EIO" }));
          return Promise.resolve();
        },
        cleanUp: nothing,
      });
    },
  };
}

const asIs = (raw: Buffer): Buffer => raw;
const closed = (_raw: Buffer, target: Destination): boolean => target.state === "closed";
const unzip = (raw: Buffer): Buffer =>
  raw.length === 0 ? raw : gunzipSync(raw, { finishFlush: constants.Z_SYNC_FLUSH });
const hasTrailer = (raw: Buffer): boolean => {
  try {
    gunzipSync(raw);
    return true;
  } catch {
    return false;
  }
};

const trickle = { maxBytes: 2, pending: true };

export const kinds: readonly Kind[] = [
  {
    name: "memory",
    bound: 0,
    makeFull: (size) => memory({ maxBytes: size }),
    make() {
      const writer = memory();
      return Promise.resolve({
        writer,
        delivered: () => Promise.resolve(Buffer.from(writer.bytes())),
        finished: () => Promise.resolve(writer.state === "closed"),
        cleanUp: nothing,
      });
    },
  },
  layered("buffered", 64 * KIB, (inner) => buffered(inner), asIs, closed),
  layered(
    "buffered over 2 bytes, PENDING",
    64 * KIB,
    (inner) => buffered(inner),
    asIs,
    closed,
    trickle,
  ),
  layered("gzip", GZIP_BOUND, (inner) => gzip(inner), unzip, hasTrailer),
  layered(
    "gzip over 2 bytes, PENDING",
    GZIP_BOUND,
    (inner) => gzip(inner),
    unzip,
    hasTrailer,
    trickle,
  ),
  { name: "tcp", bound: 8192 * KIB, make: tcp, unprompted: true },
  { name: "file, async", bound: 512 * KIB, make: () => file("async"), unprompted: true },
  { name: "file, sync", bound: 512 * KIB, make: () => file("sync"), unprompted: true },
];

async function tcp(): Promise<Subject> {
  let peer: Socket | undefined;
  const chunks: Buffer[] = [];
  let ended = false;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    peer = socket;
    socket.on("data", (data) => chunks.push(data));
    socket.on("end", () => {
      ended = true;
    });
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection");
  const writer = await connect({
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
  });
  await accepted;
  let seen = 0;
  return {
    writer,
    async delivered() {
      // The kernel has the bytes; the peer's process gets them over the next turns.
      for (let quiet = 0; quiet < 50; quiet++) {
        const length = chunks.reduce((total, chunk) => total + chunk.length, 0);
        if (length !== seen) quiet = 0;
        seen = length;
        await new Promise((resolve) => setImmediate(resolve));
      }
      return Buffer.concat(chunks);
    },
    async finished() {
      for (let turns = 0; turns < 50; turns++) await new Promise((r) => setImmediate(r));
      return ended;
    },
    stall: () => peer?.pause(),
    release: () => peer?.resume(),
    async breakIt() {
      peer?.resetAndDestroy();
      while (writer.state !== "failed") await new Promise((resolve) => setImmediate(resolve));
    },
    cleanUp() {
      writer.abort();
      peer?.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function file(io: "async" | "sync"): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), "aw-contract-"));
  const path = join(folder, "file");
  const writer = await open(path, { io });
  return {
    writer,
    delivered: () => readFile(path),
    finished: () => Promise.resolve(writer.state === "closed"),
    async cleanUp() {
      writer.abort();
      await rm(folder, { recursive: true });
    },
  };
}

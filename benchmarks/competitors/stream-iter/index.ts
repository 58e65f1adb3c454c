import type { Socket } from "node:net";
import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Competitor } from "../../src/competitor.ts";
import { findRuntime } from "../../src/runtimes.ts";
import type {
  CodecWay,
  FileWay,
  Payload,
  SendWay,
  SocketTarget,
  TlsTarget,
} from "../../src/ways.ts";
import { connectTcp, connectTls } from "../node/send.ts";
import { copy } from "./copy.ts";
import { streamIter, zlibIter, type IterWriter } from "./iter.ts";
import { logs } from "./logs.ts";
import { proxy, serveEcho, serveMessages } from "./serve.ts";

type Loop = (out: IterWriter, payload: Payload) => Promise<void>;

const awaited: Loop = async (out, { message, count }) => {
  for (let index = 0; index < count; index++) await out.write(message);
};

/** 64 KiB of small messages with one call, and a few of the large ones. */
const vectored: Loop = async (out, { message, count }) => {
  const batch = Math.max(4, Math.min(1024, Math.floor((64 * 1024) / message.length)));
  const messages = Array.from({ length: batch }, () => message);
  for (let index = 0; index < count; index += batch) {
    await out.writev(count - index < batch ? messages.slice(0, count - index) : messages);
  }
};

function sender<Target>(
  connect: (target: Target) => Promise<Socket>,
): (loop: Loop) => SendWay<Target> {
  return (loop) => async (target, payload) => {
    const { fromWritable } = await streamIter();
    const socket = await connect(target);
    // What it calls unbounded waits for the drain when awaited; "strict" rejects instead.
    const out = fromWritable(socket, { backpressure: "unbounded" });
    await loop(out, payload);
    await out.end();
    return { arrived: Number(await text(socket)) };
  };
}

const overTcp = sender<SocketTarget>(connectTcp);
const overTls = sender<TlsTarget>(connectTls);

const into =
  (loop: Loop): FileWay =>
  async (path, payload) => {
    const handle = await open(path, "w");
    const out = (handle as unknown as { writer(): IterWriter }).writer();
    await loop(out, payload);
    await out.end();
    await handle.close();
  };

const through =
  (transform: () => Promise<unknown>): CodecWay =>
  async (pieces) => {
    const { from, pull } = await streamIter();
    const made: Uint8Array[] = [];
    for await (const batch of pull(from(pieces), await transform())) made.push(...batch);
    return made;
  };

/** Node 26's experimental `node:stream/iter`. */
export const competitor: Competitor = {
  runtime: "node26",
  prepare: () => (findRuntime("node26") === undefined ? "needs Node 26" : undefined),
  ways: {
    tcp: { writev: overTcp(vectored), "await write": overTcp(awaited) },
    tls: { writev: overTls(vectored), "await write": overTls(awaited) },
    "serve-echo": serveEcho,
    "serve-messages": serveMessages,
    proxy,
    accept: serveEcho,
    file: { writev: into(vectored), "await write": into(awaited) },
    logs,
    copy,
    gzip: { compressGzip: through(async () => (await zlibIter()).compressGzip()) },
    zstd: { compressZstd: through(async () => (await zlibIter()).compressZstd()) },
  },
};

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import * as api from "@aw/compression";
import { inspect, memory, sink, type AsyncWrite, type Layer, type Writer } from "@aw/core";
import { expect, it } from "vitest";
import { noise, random } from "./instruments.ts";

/** 300 MB is the full size: AW_STREAM_MB=300. */
const STREAM_MB = Number(process.env["AW_STREAM_MB"] ?? 20);
const MIB = 1 << 20;

/** Blocks of a MiB, a quarter of it noise, and no two of them the same. */
function* stream(): Generator<Buffer> {
  const block = Buffer.concat([
    noise(random(1), MIB / 4),
    Buffer.alloc((3 * MIB) / 4, "some text "),
  ]);
  for (let count = 0; count < STREAM_MB; count++) {
    block.writeUInt32LE(count);
    yield block;
  }
}

async function encoded(make: (inner: AsyncWrite) => Writer): Promise<Uint8Array> {
  const target = memory();
  const out = make(target);
  for (const block of stream()) await out.writeAll(block);
  await out.close();
  return target.bytes();
}

/** Puts `input` through a command, and its output through `take`. */
async function piped(
  [command, ...args]: readonly [string, ...string[]],
  input: Iterable<Uint8Array>,
  take: (chunk: Uint8Array) => unknown,
): Promise<void> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  const feeding = (async () => {
    for (const chunk of input) if (!child.stdin.write(chunk)) await once(child.stdin, "drain");
    child.stdin.end();
  })();
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) await take(chunk);
  await feeding;
  expect(await closed).toEqual([0, null]);
}

it.each<[string, string, Layer, Layer]>([
  ["gzip", "pigz", (inner: AsyncWrite) => api.gzip(inner, { level: 1 }), api.gunzip],
  ["gzip, parallel", "gzip", (inner: AsyncWrite) => api.gzip(inner, { parallel: 2 }), api.gunzip],
  ["brotli", "brotli", (inner: AsyncWrite) => api.brotli(inner, { quality: 1 }), api.unbrotli],
  ["zstd", "zstd", (inner: AsyncWrite) => api.zstd(inner), api.unzstd],
  ["zstd, parallel", "zstd", (inner: AsyncWrite) => api.zstd(inner, { parallel: 2 }), api.unzstd],
])(
  "a long stream of %s: the %s command takes ours, and we take its",
  { timeout: 600_000 },
  async (_name, command, encode, decode) => {
    const sent = createHash("sha256");
    for (const block of stream()) sent.update(block);
    const expected = sent.digest("hex");

    const theirs = createHash("sha256");
    await piped([command, "-dc"], [await encoded(encode)], (chunk) => theirs.update(chunk));
    expect(theirs.digest("hex")).toBe(expected);

    const ours = createHash("sha256");
    const out = decode(inspect(sink(), (bytes) => ours.update(bytes)));
    await piped([command, "-c", "-1"], stream(), (chunk) => out.writeAll(chunk));
    await out.close();
    expect(ours.digest("hex")).toBe(expected);
  },
);

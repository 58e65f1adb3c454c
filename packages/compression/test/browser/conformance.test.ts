import { deflate, deflateRaw, gunzip, gzip, inflate, inflateRaw } from "@aw/compression";
import { conformance, readerConformance } from "@aw/conformance/vitest";
import { memory, type AsyncBufRead, type AsyncWrite, type Reader, type Writer } from "@aw/core";

const codecs: readonly [string, (inner: AsyncWrite) => Writer, (inner: AsyncWrite) => Writer][] = [
  ["gzip", (inner) => gzip(inner), (inner) => gunzip(inner)],
  ["deflate", (inner) => deflate(inner), (inner) => inflate(inner)],
  ["deflateRaw", (inner) => deflateRaw(inner), (inner) => inflateRaw(inner)],
];

for (const [name, encode, decode] of codecs) {
  conformance({
    name,
    layer: encode,
    async decode(bytes) {
      const target = memory();
      const out = decode(target);
      await out.writeAll(bytes);
      await out.flush();
      return target.bytes();
    },
    async isComplete(bytes) {
      const out = decode(memory());
      await out.writeAll(bytes);
      return out.close().then(
        () => true,
        () => false,
      );
    },
    seeds: 200,
  });
  conformance({
    name: `${name} > its decoder`,
    layer: (inner) => encode(decode(inner)),
    supports: { fail: false },
    seeds: 200,
  });
}

const reading: readonly [string, (inner: AsyncBufRead) => Reader][] = [
  ["gzip", (inner) => gunzip(gzip(inner))],
  ["deflate", (inner) => inflate(deflate(inner))],
  ["deflateRaw", (inner) => inflateRaw(deflateRaw(inner))],
];

for (const [name, layer] of reading) {
  readerConformance({
    name: `${name}, read and decoded`,
    // Two blocks of 64 KiB for each layer, the output that waits, and a chunk.
    layer: (inner) => ({ reader: layer(inner), bound: 2 * (128 + 256 + 32) * 1024 }),
    seeds: 100,
  });
}

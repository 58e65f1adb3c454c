import { deflate, deflateRaw, gunzip, gzip, inflate, inflateRaw } from "@aw/compression";
import { conformance } from "@aw/conformance/vitest";
import { memory, type AsyncWrite, type Writer } from "@aw/core";

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

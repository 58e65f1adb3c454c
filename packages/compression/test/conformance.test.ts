import { gunzip, gzip, zstd, unzstd } from "@aw/compression";
import { conformance, readerConformance } from "@aw/conformance/vitest";
import { memory, pipe, type AsyncWrite, type Writer } from "@aw/core";
import { codecs, readingCodecs, through } from "./codecs.ts";

/** Zstd frames one after another need a decoder that takes more than one on every Node. */
async function unzstdSoFar(bytes: Uint8Array): Promise<Uint8Array> {
  const target = memory();
  const out = unzstd(target);
  await out.writeAll(bytes);
  await out.flush();
  return target.bytes();
}

for (const { name, encode, decode, nodeDecodeSoFar } of codecs) {
  conformance({
    name,
    layer: (inner) => encode(inner),
    decode: (bytes) => (bytes.length === 0 ? bytes : nodeDecodeSoFar(bytes)),
    // Node's own zstd takes a frame that was cut off for a whole one, on Node 22.
    isComplete: (bytes) => succeedsThrough(decode, bytes),
    seeds: 500,
  });

  // A decoder takes only what an encoder made, so it comes with one in front.
  conformance({
    name: `${name} > its decoder`,
    layer: (inner) => encode(decode(inner)),
    // The encoder takes bytes until it next meets its decoder, and so the failure below that.
    supports: { fail: false },
    seeds: 500,
  });
}

for (const parallel of [1, 2, 3, 4]) {
  const { nodeDecode, nodeDecodeSoFar } = codecs[0] as (typeof codecs)[number];
  conformance({
    name: `gzip, parallel ${parallel}`,
    layer: (inner) => gzip(inner, { parallel, blockSize: 16 * 1024 }),
    decode: (bytes) => (bytes.length === 0 ? bytes : nodeDecodeSoFar(bytes)),
    isComplete: (bytes) => bytes.length > 0 && succeeds(() => nodeDecode(bytes)),
    seeds: 200,
  });
  conformance({
    name: `gzip, parallel ${parallel} > gunzip`,
    layer: (inner) => gzip(gunzip(inner), { parallel, blockSize: 16 * 1024 }),
    supports: { fail: false },
    seeds: 200,
  });
  conformance({
    name: `zstd, parallel ${parallel}`,
    layer: (inner) => zstd(inner, { parallel, blockSize: 16 * 1024 }),
    decode: unzstdSoFar,
    isComplete: (bytes) => succeedsThrough(unzstd, bytes),
    seeds: 200,
  });
}

function succeedsThrough(
  decode: (inner: AsyncWrite) => Writer,
  bytes: Uint8Array,
): Promise<boolean> {
  return through(decode, bytes).then(
    () => true,
    () => false,
  );
}

function succeeds(step: () => unknown): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}

/** The documented max of what is taken ahead, in an encoder and in a decoder: a block, output and a chunk. */
const BOUND = 2 * (256 + 256 + 256) * 1024;

for (const { name, encode, decode } of readingCodecs) {
  // What a decoder reads has to be a stream of its format, so it comes with an encoder below.
  readerConformance({
    name: `${name}, read and decoded`,
    layer: (inner) => ({ reader: decode(encode(inner)), bound: BOUND }),
    seeds: 200,
  });
}

for (const parallel of [1, 3]) {
  const options = { parallel, blockSize: 16 * 1024 };
  readerConformance({
    name: `gzip, parallel ${parallel}, read and decoded`,
    layer: (inner) => ({ reader: gunzip(gzip(inner, options)), bound: BOUND }),
    seeds: 100,
  });
  readerConformance({
    name: `zstd, parallel ${parallel}, read and decoded`,
    layer: (inner) => ({ reader: unzstd(zstd(inner, options)), bound: BOUND }),
    seeds: 100,
  });
}

for (const { name, decode } of readingCodecs) {
  const { encode } = codecs.find((codec) => codec.name === name) as (typeof codecs)[number];
  // Its source is a writer of the same format, flushed at each piece.
  readerConformance({
    name: `${name}, read from a pipe`,
    factory: () => {
      const { writer, reader } = pipe({ capacity: 8 << 20 });
      const encoder = encode(writer);
      return {
        reader: decode(reader),
        async give(bytes) {
          await encoder.writeAll(bytes);
          await encoder.flush();
        },
        end: () => encoder.close(),
        isStopped: () => writer.state === "failed",
      };
    },
    supports: { isStopped: true },
    seeds: 50,
  });
}

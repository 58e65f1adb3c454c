// Every codec there and back, and zstd frames one after another, on one runtime. Node's own zstd
// decoders stop after the first frame on 22 and 24.
import assert from "node:assert/strict";
import { zstdCompressSync } from "node:zlib";
import * as aw from "@aw/compression";
import { memory, type AsyncWrite, type Writer } from "@aw/core";

type Layer = (inner: AsyncWrite) => Writer;

async function through(make: Layer, data: Uint8Array, step = data.length): Promise<Uint8Array> {
  const target = memory();
  const out = make(target);
  for (let at = 0; at < data.length; at += step) await out.writeAll(data.subarray(at, at + step));
  await out.close();
  return target.bytes();
}

const text = Buffer.from(Array.from({ length: 50_000 }, (_, index) => `line ${index}\n`).join(""));
const dictionary = text.subarray(0, 10_000);
const pledgedSize = text.length;
const blockSize = 16_384;

const pledging: Layer = (inner) => aw.zstd(inner, { pledgedSize });

const pairs: [Layer, Layer][] = [
  [aw.gzip, aw.gunzip],
  [(inner) => aw.gzip(inner, { parallel: 3, blockSize }), aw.decompress],
  [aw.deflate, aw.inflate],
  [aw.deflateRaw, aw.inflateRaw],
  [aw.brotli, aw.unbrotli],
  [aw.zstd, aw.unzstd],
  [(inner) => aw.zstd(inner, { parallel: 3, blockSize }), aw.decompress],
  [pledging, aw.unzstd],
];
// Deno's zstd ignores dictionaries; what it made would be taken for made with one.
if ("Deno" in globalThis) {
  assert.throws(() => aw.zstd(memory(), { dictionary }), { code: "ERR_AW_UNSUPPORTED" });
} else {
  pairs.push([
    (inner) => aw.zstd(inner, { dictionary }),
    (inner) => aw.unzstd(inner, { dictionary }),
  ]);
}
for (const [encode, decode] of pairs) {
  const made = await through(encode, text, 1000);
  assert.ok(made.length < text.length / 2);
  assert.deepEqual(Buffer.from(await through(decode, made, 777)), text);
  for (const length of [0, made.length >> 1, made.length - 1]) {
    const cut = made.subarray(0, length);
    await assert.rejects(through(decode, cut), { code: "ERR_AW_TRUNCATED" });
  }
  const followed = Buffer.concat([made, Buffer.from("garbage")]);
  await assert.rejects(through(decode, followed, 777), { code: "ERR_AW_CORRUPT" });
}

// Everything so far comes out of a flush, of a piece that takes little and of one that takes long.
for (const [encode, decode] of pairs) {
  if (encode === pledging) continue;
  const target = memory();
  const out = encode(decode(target));
  for (const end of [10, 20, 200_000, 200_010]) {
    await out.writeAll(text.subarray(target.bytes().length, end));
    await out.flush();
    assert.deepEqual(Buffer.from(target.bytes()), text.subarray(0, end));
  }
  await out.close();
}

const wrong = through((inner) => aw.zstd(inner, { pledgedSize: pledgedSize + 1 }), text);
await assert.rejects(wrong, { code: "ERR_AW_IO" });

const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);
const frames = Buffer.concat([
  zstdCompressSync("one "),
  skipped,
  zstdCompressSync(""),
  zstdCompressSync(text),
  skipped,
]);
for (const step of [1, 3, 1000, frames.length]) {
  const decoded = Buffer.from(await through(aw.unzstd, frames, step));
  assert.deepEqual(decoded, Buffer.concat([Buffer.from("one "), text]));
}
await assert.rejects(through(aw.unzstd, frames.subarray(0, -1)), { code: "ERR_AW_TRUNCATED" });

// Every codec there and back, and zstd frames one after another, on one runtime. Node's own zstd
// decoders stop after the first frame on 22 and 24.
import assert from "node:assert/strict";
import { zstdCompressSync } from "node:zlib";
import * as aw from "@aw/compression";
import { memory, type AsyncWrite, type LayerSource, type Reader, type Writer } from "@aw/core";

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
  [
    (inner) => aw.brotli(inner, { largeWindow: true, lgwin: 26 }),
    (inner) => aw.unbrotli(inner, { largeWindow: true }),
  ],
  // Deno's zlib ignores dictionaries without a word.
  [(inner) => aw.deflate(inner, { dictionary }), (inner) => aw.inflate(inner, { dictionary })],
  [
    (inner) => aw.deflateRaw(inner, { dictionary }),
    (inner) => aw.inflateRaw(inner, { dictionary }),
  ],
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
type ReadLayer = (inner: LayerSource) => Reader;

const readPairs: [ReadLayer, ReadLayer][] = [
  [aw.gzip, aw.gunzip],
  [(inner) => aw.gzip(inner, { parallel: 3, blockSize }), aw.decompress],
  [aw.deflate, aw.inflate],
  [aw.deflateRaw, aw.inflateRaw],
  [aw.brotli, aw.unbrotli],
  [aw.zstd, aw.unzstd],
  [(inner) => aw.zstd(inner, { parallel: 3, blockSize }), aw.decompress],
];
for (const [encode, decode] of readPairs) {
  const made = await encode(pieces(text, 1000)).readAll();
  assert.ok(made.length < text.length / 2);
  assert.deepEqual(Buffer.from(await decode(pieces(made, 777)).readAll()), text);
  for (const length of [0, made.length >> 1, made.length - 1]) {
    const cut = decode(pieces(made.subarray(0, length), 777));
    await assert.rejects(cut.readAll(), { code: "ERR_AW_TRUNCATED" });
  }
  await assert.rejects(decode(new Uint8Array(100).fill(255)).readAll(), { code: "ERR_AW_CORRUPT" });
}

async function* pieces(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
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

// What Node made with a dictionary, and that it makes a difference.
const fox = Buffer.from("the quick brown fox jumps over the lazy dog, with dictionary, ".repeat(3));
for (const [encode, decode, made] of [
  [aw.deflate, aw.inflate, "78bbeb1a43eaa34c77625e8a426e7e512a00950519aa"],
  [aw.deflateRaw, aw.inflateRaw, "a34c77625e8a426e7e512a00"],
] as const) {
  const options = { dictionary: fox };
  const back = await through((inner) => decode(inner, options), Buffer.from(made, "hex"));
  assert.equal(
    String(Buffer.from(back)),
    "the quick brown fox jumps over the lazy dog, with dictionary, and more",
  );
  assert.ok((await through((inner) => encode(inner, options), back)).length < 30);
  const other = { dictionary: Buffer.from("other") };
  await assert.rejects(
    through((inner) => decode(inner, other), Buffer.from(made, "hex")),
    { code: "ERR_AW_CORRUPT" },
  );
}

// One byte that is wrong: each operation settles, and nothing is thrown where nobody can catch it.
for (const [encode, decode] of [
  [aw.gzip, aw.gunzip],
  [aw.deflate, aw.inflate],
  [aw.zstd, aw.unzstd],
  [aw.zstd, aw.decompress],
] as [Layer, Layer][]) {
  const made = await through(encode, text);
  for (let at = 50; at < made.length; at += made.length >> 3) {
    const wrongByte = Buffer.from(made);
    wrongByte[at] = (made[at] as number) ^ 0x55;
    const code = /CORRUPT|TRUNCATED/;
    await assert.rejects(through(decode, wrongByte), { code });
  }
}

// Members one after another, cut into blocks anywhere, with zeros as tapes have them.
const members = await Promise.all(["a", "b", "c"].map((it) => through(aw.gzip, Buffer.from(it))));
const tape = Buffer.concat([...members, Buffer.alloc(512), ...members, Buffer.alloc(512)]);
for (const step of [1, 7, tape.length]) {
  const decoded = Buffer.from(await through(aw.gunzip, tape, step));
  assert.equal(String(decoded), "abcabc");
}

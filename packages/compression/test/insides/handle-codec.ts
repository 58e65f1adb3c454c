// Whether `node:zlib` still has what src/node/handle-codec.ts makes use of.
import assert from "node:assert/strict";
import * as zlib from "node:zlib";
import { inflatesByHandle } from "../../src/node/deno.ts";
import { HandleCodec, ZLIB_FLUSH, ZSTD_FLUSH } from "../../src/node/handle-codec.ts";

const text = Buffer.from("some text ".repeat(1000));
const rest = Buffer.from("what follows");
const output = new Uint8Array(2 * text.length);

// A decoder says where its stream ends, and can be used again.
const inflate = new HandleCodec(zlib.createInflateRaw(), ZLIB_FLUSH);
const member = zlib.deflateRawSync(text);
for (let round = 0; round < 3; round++) {
  const first = inflate.step(member.subarray(0, 10), "more", output);
  assert.deepEqual([first.used, first.ended, first.failure], [10, false, undefined]);
  const last = inflate.step(
    Buffer.concat([member.subarray(10), rest]),
    "more",
    output.subarray(first.made),
  );
  assert.deepEqual([last.used, last.ended], [member.length - 10, true]);
  assert.deepEqual(Buffer.from(output.subarray(0, first.made + last.made)), text);
  inflate.restart();
}
// Output that does not fit stays for the next call.
const part = inflate.step(member, "more", output.subarray(0, 100));
assert.deepEqual([part.made, part.ended], [100, false]);
inflate.destroy();

// An encoder flushes and ends.
const compress = new HandleCodec(zlib.createZstdCompress(), ZSTD_FLUSH);
const flushed = compress.step(text, "flush", output);
const soFar = output.slice(0, flushed.made);
const { made } = compress.step(new Uint8Array(0), "end", output);
const frame = Buffer.concat([soFar, output.subarray(0, made)]);
assert.deepEqual(zlib.zstdDecompressSync(frame), text);
compress.destroy();

// A failure is answered, and nothing is thrown where nobody can catch it.
const wrong = Buffer.alloc(100, 0xff);
const failing = [new HandleCodec(zlib.createZstdDecompress(), ZSTD_FLUSH)];
if (inflatesByHandle) failing.push(new HandleCodec(zlib.createInflateRaw(), ZLIB_FLUSH));
for (const codec of failing) {
  assert.equal(codec.step(wrong, "more", output).failure?.kind, "corrupt");
  // oxlint-disable-next-line no-await-in-loop -- the turn in which it would be thrown
  await new Promise((resolve) => setImmediate(resolve));
  codec.destroy();
  assert.equal(codec.step(wrong, "more", output).failure?.kind, "corrupt");
}

// Whether `node:zlib` still has what src/node/flush-in-one-trip.ts makes use of.
import assert from "node:assert/strict";
import * as zlib from "node:zlib";
import { flushInOneTrip } from "../../src/node/flush-in-one-trip.ts";

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = zlib.constants;
const text = Buffer.from("some text ".repeat(1000));

for (const [stream, kind, decode] of [
  [zlib.createDeflate(), Z_SYNC_FLUSH, zlib.inflateSync],
  [zlib.createDeflateRaw(), Z_SYNC_FLUSH, zlib.inflateRawSync],
  [zlib.createBrotliCompress(), BROTLI_OPERATION_FLUSH, zlib.brotliDecompressSync],
  [zlib.createZstdCompress(), ZSTD_e_flush, zlib.zstdDecompressSync],
] as const) {
  const made: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => made.push(chunk));
  const { _handle: handle } = stream as unknown as { _handle: { write(...rest: unknown[]): void } };
  const write = handle.write.bind(handle);
  let trips = 0;
  handle.write = (...rest) => {
    trips++;
    write(...rest);
  };
  for (const end of [text.length / 2, text.length]) {
    const block = text.subarray(end - text.length / 2, end);
    // oxlint-disable-next-line no-await-in-loop -- one flush after the other
    await new Promise<void>((resolve) => {
      assert.ok(flushInOneTrip(stream, block, kind, resolve), "there is no _processChunk");
    });
    const soFar = decode(Buffer.concat(made), { finishFlush: kind });
    assert.deepEqual(soFar, text.subarray(0, end));
  }
  assert.equal(trips, 2);
  assert.equal(stream.bytesWritten, text.length);
  stream.destroy();
}

// A failure comes as the event, and not as an exception.
const pledged = zlib.createZstdCompress({ pledgedSrcSize: 5 });
const failed = new Promise<Error>((resolve) => pledged.once("error", resolve));
assert.ok(flushInOneTrip(pledged, text, ZSTD_e_flush, () => {}));
assert.ok((await failed) instanceof Error);

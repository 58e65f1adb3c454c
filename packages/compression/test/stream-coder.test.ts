import {
  constants,
  createGunzip,
  createGzip,
  createZstdDecompress,
  gunzipSync,
  gzipSync,
} from "node:zlib";
import { expect, it } from "vitest";
import type { CoderFailure } from "../src/coder.ts";
import { StreamCoder } from "../src/node/stream-coder.ts";

const NOTHING = new Uint8Array(0);

it.each([
  ["Z_BUF_ERROR", "truncated"],
  ["Z_DATA_ERROR", "corrupt"],
  ["Z_MEM_ERROR", "failed"],
  ["ZSTD_error_corruption_detected", "corrupt"],
  ["ZSTD_error_memory_allocation", "failed"],
  ["ZSTD_error_frameParameter_windowTooLarge", "limit"],
  ["ERR__ERROR_FORMAT_PADDING_1", "corrupt"],
  ["ERR__ERROR_ALLOC_BLOCK_TYPE_TREES", "failed"],
] as const)("a stream that fails with %s is %s", async (code, kind) => {
  const stream = createGunzip();
  const coder = new StreamCoder(stream, () => true);
  const failure = new Promise<CoderFailure | undefined>((resolve) => coder.finish(resolve));
  stream.destroy(Object.assign(new Error("what went wrong"), { code }));
  expect(await failure).toMatchObject({ kind });
});

it("answers the next call with a failure that came after its own call was answered", async () => {
  const stream = createGunzip();
  const coder = new StreamCoder(stream, () => true);
  await new Promise((resolve) => coder.flush(NOTHING, resolve));
  const closed = new Promise((resolve) => stream.once("close", resolve));
  stream.destroy(new Error("late"));
  await closed;
  for (const call of ["finish", "flush"] as const) {
    const failure = await new Promise((resolve) => {
      if (call === "flush") coder.flush(NOTHING, resolve);
      else coder.finish(resolve);
    });
    expect(failure).toMatchObject({ kind: "corrupt", message: "late" });
  }
});

it.each([
  ["one trip to the thread pool", 1, {}],
  ["two, where the platform has no way to make it one", 2, { _processChunk: undefined }],
] as const)("flushes a block in %s", async (_name, expected, missing) => {
  const stream = Object.assign(createGzip(), missing);
  const { _handle: handle } = stream as unknown as { _handle: { write(...rest: unknown[]): void } };
  const write = handle.write.bind(handle);
  let trips = 0;
  handle.write = (...rest) => {
    trips++;
    write(...rest);
  };
  const made: Uint8Array[] = [];
  const coder = new StreamCoder(stream, (chunk) => made.push(chunk) > 0, constants.Z_SYNC_FLUSH);
  const used = await new Promise((resolve) => {
    coder.flush(Buffer.from("some text"), (_failure, count) => resolve(count));
  });
  expect([trips, used]).toEqual([expected, "some text".length]);
  const decoded = gunzipSync(Buffer.concat(made), { finishFlush: constants.Z_SYNC_FLUSH });
  expect(String(decoded)).toBe("some text");
  coder.destroy();
});

it("answers nothing after it was destroyed, in work or not", async () => {
  const answers: unknown[] = [];
  for (const stream of [createGunzip(), createZstdDecompress()]) {
    const coder = new StreamCoder(stream, () => true);
    coder.write(Buffer.alloc(100_000), (failure) => answers.push(failure));
    coder.destroy();
    await new Promise((resolve) => stream.once("close", resolve));
  }
  expect(answers).toEqual([]);
});

it("answers nothing after it was destroyed, whatever the stream still says", () => {
  const answers: unknown[] = [];
  const stream = createGunzip();
  const coder = new StreamCoder(stream, () => true);
  coder.finish((failure) => answers.push(failure));
  coder.destroy();
  stream.emit("error", new Error("late"));
  stream.emit("end");
  expect(answers).toEqual([]);
});

it("of a stream that failed answers with that, though the stream calls back as if all was well", async () => {
  const stream = createGunzip();
  stream.flush = (_kind: unknown, callback?: () => void) => {
    stream.destroy(Object.assign(new Error("what went wrong"), { code: "Z_DATA_ERROR" }));
    callback?.();
  };
  const coder = new StreamCoder(stream, () => true);
  const failure = await new Promise((resolve) => coder.flush(NOTHING, resolve));
  expect(failure).toMatchObject({ kind: "corrupt", message: "what went wrong" });
});

it.each(["write", "flush"] as const)(
  "answers a %s once all its output was pushed, however long that has no room",
  async (call) => {
    const stream = createGunzip({ chunkSize: 64 });
    const made: Uint8Array[] = [];
    const coder = new StreamCoder(stream, (chunk) => made.push(chunk) < 0);
    const answers: unknown[] = [];
    const member = gzipSync(Buffer.alloc(1000, "x"));
    coder[call](member, (...answer) => {
      answers.push([...answer, Buffer.concat(made).length]);
    });
    // One chunk was pushed; all others wait in the stream.
    while (stream.readableLength < 1000 - 64) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 100; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (turn > 50) coder.resume();
      else expect(answers).toEqual([]);
    }
    expect(answers).toEqual([[undefined, member.length, 1000]]);
    coder.destroy();
  },
);

import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  constants,
  openSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { getEventListeners } from "node:events";
import { createServer } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { lines, Reader, SourceEngine, unframed } from "@aw/core";
import { channels, openReader, type FileErrorEvent } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { FileSource } from "../../src/reader/file-source.ts";
import { descriptorsOf } from "../descriptors-of.ts";

const folder = temporaryFolder();
const CHUNK = 1000;

/** A file of so many bytes, no two neighbours alike. */
function fileOf(length: number): { path: string; data: Buffer } {
  const data = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255));
  const path = folder.at("data");
  writeFileSync(path, data);
  return { path, data };
}

/** A FIFO, with its writing end open so that opening the other one does not wait. */
function fifo(): { path: string; fd: number } {
  const path = folder.at("fifo");
  execFileSync("mkfifo", [path]);
  return { path, fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK) };
}

describe("openReader", () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 10 * CHUNK, 12_345])(
    "reads all %i bytes of a file, and closes it",
    async (length) => {
      const { path, data } = fileOf(length);
      for (const name of [path, pathToFileURL(path)]) {
        const reader = await openReader(name, { chunkSize: CHUNK });
        expect(descriptorsOf(path)).toBe(1);
        expect(Buffer.compare(await reader.readAll(), data)).toBe(0);
        while (descriptorsOf(path) > 0) await turn();
      }
    },
  );

  it("reads large files by the default chunk", async () => {
    const { path, data } = fileOf(1_000_003);
    const reader = await openReader(path);
    const sizes = [];
    let all = Buffer.alloc(0);
    for await (const chunk of reader) {
      sizes.push(chunk.length);
      all = Buffer.concat([all, chunk]);
    }
    expect(Buffer.compare(all, data)).toBe(0);
    expect(sizes.slice(0, -1).every((size) => size === 128 * 1024)).toBe(true);
    expect(String(reader)).toBe(`file ${path}`);
  });

  it.each<[number | undefined, number | undefined]>([
    [0, 0],
    [5, 5],
    [0, 1],
    [999, 1001],
    [1500, undefined],
    [undefined, 1500],
    [3000, undefined],
    [5000, 6000],
    [2000, 1_000_000],
  ])("reads the range from %s up to %s, as slice does", async (start, end) => {
    const { path, data } = fileOf(3000);
    const reader = await openReader(path, { start, end, chunkSize: CHUNK });
    expect(Buffer.compare(await reader.readAll(), data.subarray(start, end))).toBe(0);
  });

  it("refuses options that it does not have", async () => {
    const opening = openReader("/dev/null", { begin: 5 } as never);
    await expect(opening).rejects.toMatchObject({ code: "ERR_AW_INVALID_ARGUMENT" });
  });

  it("keeps no more memory than twice what came", async () => {
    const { path, fd } = fifo();
    const reader = await openReader(path);
    const chunks: Uint8Array[] = [];
    for (const size of [10, 60_000, 20]) {
      writeSync(fd, Buffer.alloc(size, size));
      chunks.push((await reader.read()) ?? new Uint8Array(0));
    }
    closeSync(fd);
    expect(chunks.map((chunk) => chunk.length)).toEqual([10, 60_000, 20]);
    for (const { length, buffer, ...bytes } of chunks) {
      expect(buffer.byteLength).toBeLessThanOrEqual(2 * length + 100);
      expect(Object.values(bytes).every((byte) => byte === (length & 255))).toBe(true);
    }
    expect(await reader.read()).toBe(undefined);
  });

  it("refuses a range that ends before it begins, and opens nothing", async () => {
    const { path } = fileOf(10);
    const opening = openReader(path, { start: 5, end: 4 });
    await expect(opening).rejects.toMatchObject({ code: "ERR_AW_INVALID_ARGUMENT" });
    expect(descriptorsOf(path)).toBe(0);
  });

  it("reads lines, the short way", async () => {
    const path = folder.at("lines");
    const expected = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
    writeFileSync(path, `${expected.join("\n")}\n`);
    const got = [];
    await using reader = await openReader(path, { chunkSize: 77 });
    for await (const line of unframed(reader, lines())) got.push(line);
    expect(got).toEqual(expected);
  });

  it("reads what is appended before it comes to the end", async () => {
    const { path, data } = fileOf(5 * CHUNK);
    const reader = await openReader(path, { chunkSize: CHUNK });
    await reader.peek(1);
    appendFileSync(path, "more");
    expect(Buffer.compare(await reader.readAll(), Buffer.concat([data, Buffer.from("more")]))).toBe(
      0,
    );
  });

  it("is truncated if the file is cut while it is read, after the bytes before", async () => {
    const { path, data } = fileOf(10 * CHUNK);
    const reader = await openReader(path, { chunkSize: CHUNK });
    await reader.peek(1);
    for (let turns = 0; turns < 20; turns++) await turn();
    truncateSync(path, 0);
    let got = 0;
    const reading = (async () => {
      for await (const chunk of reader) got += chunk.length;
    })();
    await expect(reading).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
    expect(got).toBeGreaterThanOrEqual(CHUNK);
    expect(got).toBeLessThan(data.length);
    while (descriptorsOf(path) > 0) await turn();
  });

  it("notices that within a range, too", async () => {
    const { path } = fileOf(10 * CHUNK);
    const reader = await openReader(path, { start: 5 * CHUNK, end: 9 * CHUNK, chunkSize: CHUNK });
    await reader.peek(1);
    for (let turns = 0; turns < 20; turns++) await turn();
    // There is still as much as the range is long, but not where it is.
    truncateSync(path, 5 * CHUNK);
    await expect(reader.readAll()).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
  });

  it("takes files of the kernel, which have another size than they say, for whole", async () => {
    expect(await (await openReader("/proc/self/status")).text()).toMatch(/^Name:/);
    expect(await (await openReader("/sys/devices/system/cpu/online")).text()).toMatch(/^\d/);
    expect(await (await openReader("/dev/null")).text()).toBe("");
    const zeros = await openReader("/dev/zero", { end: 100_000, chunkSize: 999 });
    expect(Buffer.compare(await zeros.readAll(), Buffer.alloc(100_000))).toBe(0);
  });

  it("says by code why it can't open, on the channel of errors too", async () => {
    const errors: FileErrorEvent[] = [];
    const listener = (event: unknown): void => void errors.push(event as FileErrorEvent);
    channels.error.subscribe(listener);
    const server = createServer().listen(folder.at("socket"));
    const cases: readonly [string, string, string | undefined][] = [
      [folder.at("missing"), "ERR_AW_IO", "ENOENT"],
      [folder.path, "ERR_AW_IO", "EISDIR"],
      [folder.at("socket"), "ERR_AW_IO", "ENXIO"],
    ];
    for (const [path, code, cause] of cases) {
      const opening = openReader(path);
      const message = expect.stringContaining(path);
      await expect(opening).rejects.toMatchObject({ code, message, cause: { code: cause } });
    }
    expect(errors.map(({ error }) => error.code)).toEqual(cases.map(([, code]) => code));
    channels.error.unsubscribe(listener);
    server.close();
    for (const path of ["", "a\0b", "folder/", 7 as never]) {
      await expect(openReader(path)).rejects.toMatchObject({ code: "ERR_AW_INVALID_ARGUMENT" });
    }
    expect(descriptorsOf(folder.path)).toBe(0);
  });

  it("closes the file when it is aborted, at once or once a read has returned", async () => {
    const { path } = fileOf(100 * CHUNK);
    const before = await openReader(path);
    before.abort();
    while (descriptorsOf(path) > 0) await turn();
    {
      await using reader = await openReader(path, { chunkSize: CHUNK });
      const reading = reader.read();
      reader.abort("enough");
      await expect(reading).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    }
    while (descriptorsOf(path) > 0) await turn();
    const left = await (async () => {
      await using reader = await openReader(path, { chunkSize: CHUNK });
      await reader.readExactly(10);
      return reader;
    })();
    while (descriptorsOf(path) > 0) await turn();
    await expect(left.read()).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });

  it("is ended by its signal, before and after it is open", async () => {
    const { path } = fileOf(100 * CHUNK);
    const early = openReader(folder.at("missing"), { signal: AbortSignal.abort("early") });
    await expect(early).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "early" });
    const controller = new AbortController();
    const opening = openReader(path, { signal: controller.signal });
    controller.abort("while it opens");
    await expect(opening).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    const another = new AbortController();
    const reader = await openReader(path, { signal: another.signal, chunkSize: CHUNK });
    await reader.read();
    another.abort("late");
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "late" });
    while (descriptorsOf(path) > 0) await turn();
    expect(getEventListeners(another.signal, "abort")).toEqual([]);
    // One that was read to its end has released the signal.
    const last = new AbortController();
    const whole = await openReader(path, { signal: last.signal });
    await whole.readAll();
    expect(getEventListeners(last.signal, "abort")).toEqual([]);
    last.abort();
    expect(await whole.read()).toBe(undefined);
  });

  it("reads a FIFO as it comes, and refuses to begin in the middle of one", async () => {
    const { path, fd } = fifo();
    await expect(openReader(path, { start: 1 })).rejects.toMatchObject({
      code: "ERR_AW_UNSUPPORTED",
    });
    const reader = await openReader(path, { end: 12 });
    for (const word of ["one\n", "two\n"]) {
      writeSync(fd, word);
      expect(await reader.readLine()).toBe(word.trim());
    }
    writeSync(fd, "and more");
    expect(await reader.text()).toBe("and ");
    closeSync(fd);
  });

  it("takes two chunks and one more ahead while nobody reads", async () => {
    const { path, fd } = fifo();
    const reader = await openReader(path, { chunkSize: 4096 });
    const first = reader.peek(1);
    let written = 0;
    for (let idle = 0; idle < 100; idle++) {
      try {
        written += writeSync(fd, Buffer.alloc(4096));
        idle = 0;
      } catch (error) {
        expect(error).toMatchObject({ code: "EAGAIN" });
        await turn();
      }
    }
    await first;
    // What the kernel keeps for a pipe is 64 KiB.
    expect(written).toBeLessThanOrEqual(65_536 + 3 * 4096);
    closeSync(fd);
    expect((await reader.readAll()).length).toBe(written);
  });
});

it("a read that fails is told, and the descriptor is closed once", async () => {
  const path = folder.at("written");
  const fd = openSync(path, "w");
  const source = new FileSource(fd, 0, { label: "file x", position: 0, max: 1000, chunkSize: 100 });
  const reader = new Reader(new SourceEngine(source));
  const failure = reader.read().catch((error: unknown) => error);
  while (descriptorsOf(path) > 0) await turn();
  // Whoever gets the number next keeps it.
  const next = openSync(path, "r");
  expect(await failure).toMatchObject({ code: "ERR_AW_IO", cause: { code: "EBADF" } });
  reader.abort();
  for (let turns = 0; turns < 20; turns++) await turn();
  expect(descriptorsOf(path)).toBe(1);
  closeSync(next);
});

it("a descriptor that has nothing now is read later", async () => {
  const { path, fd } = fifo();
  const source = new FileSource(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), 0, {
    label: "fifo",
    position: null,
    max: 1000,
    chunkSize: 100,
  });
  const reader = new Reader(new SourceEngine(source));
  const line = reader.readLine();
  for (let turns = 0; turns < 20; turns++) await turn();
  writeSync(fd, "late\n");
  expect(await line).toBe("late");
  reader.abort();
  closeSync(fd);
  while (descriptorsOf(path) > 0) await turn();
});

// Every kind of file on one runtime: atomic, appended to, locked, rotating, by descriptor, flushed at once.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { fromFd, logDestination, open, openReader, rotating } from "@aw/file";

const folder = await mkdtemp(join(tmpdir(), "aw-files-"));
const at = (name: string): string => join(folder, name);
const text = (name: string): string => readFileSync(at(name), "utf8");
const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`);

/** Reads a pipe to its end, a little at a time. */
async function readAll(fd: number): Promise<string> {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(10_000);
    try {
      const length = readSync(fd, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, "EAGAIN");
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  closeSync(fd);
  return Buffer.concat(chunks).toString();
}

try {
  for (const io of ["async", "sync"] as const) {
    const atomic = await open(at("atomic"), { io, atomic: true, preallocate: 100_000 });
    for (const line of lines) await atomic.writeAll(line);
    await atomic.close();
    assert.equal(text("atomic"), lines.join(""));

    const log = await open(at(`log-${io}`), { io, flags: "a", durability: "full", lock: true });
    await assert.rejects(open(at(`log-${io}`), { lock: true }), { code: "ERR_AW_IO" });
    for (const line of lines) await log.writeAll(line);
    const moved = log.flush().then(() => renameSync(at(`log-${io}`), at(`log-${io}.1`)));
    await moved;
    await log.reopen();
    await log.writeAll("new\n");
    await log.close();
    assert.equal(text(`log-${io}.1`), lines.join(""));
    assert.equal(text(`log-${io}`), "new\n");

    const options = { maxBytes: 50_000, keep: 100, compress: "gzip", io } as const;
    const rotated = await rotating(at(`rotated-${io}`), options);
    for (const line of lines) await rotated.writeAll(line);
    await rotated.close();
    const old = readdirSync(folder).filter((name) => name.startsWith(`rotated-${io}.`));
    const numberOf = (name: string): number => Number(name.split(".")[1]);
    const unpacked = old
      .toSorted((a, b) => numberOf(b) - numberOf(a))
      .map((name) => String(gunzipSync(readFileSync(at(name)))));
    assert.equal(unpacked.join("") + text(`rotated-${io}`), lines.join(""));

    // A pipe that is mostly full takes a part of what it is given, or nothing.
    execFileSync("mkfifo", [at(`pipe-${io}`)]);
    const source = openSync(at(`pipe-${io}`), constants.O_RDONLY | constants.O_NONBLOCK);
    const flags = constants.O_WRONLY | constants.O_NONBLOCK;
    const pipe = fromFd(openSync(at(`pipe-${io}`), flags), { io });
    const writing = pipe.writeAll(lines.join("")).then(() => pipe.close());
    assert.equal(await readAll(source), lines.join(""));
    await writing;

    const byFd = fromFd(openSync(at(`fd-${io}`), "w"), { io });
    assert.equal(byFd.isExitSafe, io === "sync");
    if (!byFd.isExitSafe) {
      assert.throws(() => logDestination(byFd), { code: "ERR_AW_UNSUPPORTED" });
      await byFd.close();
      continue;
    }
    const destination = logDestination(byFd);
    for (const line of lines.slice(0, 1000)) destination.write(line);
    destination.flushSync();
    assert.equal(text(`fd-${io}`), lines.slice(0, 1000).join(""));
    await new Promise<void>((resolve, reject) => {
      destination.end((error) => (error === undefined ? resolve() : reject(error)));
    });
  }
  const all = lines.join("");
  assert.equal(await (await openReader(at("atomic"))).text(), all);
  for (const [start, end] of [
    [0, 5],
    [1000, 200_000],
    [all.length - 5, undefined],
  ] as const) {
    const reader = await openReader(at("atomic"), { start, end, chunkSize: 4096 });
    assert.equal(await reader.text(), all.slice(start, end));
  }
  const left = await openReader(at("atomic"), { chunkSize: 1000 });
  assert.equal(await left.readLine(), "line 0");
  left.abort();
  await assert.rejects(left.read(), { code: "ERR_AW_ABORTED" });
  await assert.rejects(openReader(at("missing")), { code: "ERR_AW_IO" });
  await assert.rejects(openReader(folder), { code: "ERR_AW_IO" });

  const names = readdirSync(folder).filter((name) => /tmp$|lock$/.test(name));
  assert.deepEqual(names, []);
} finally {
  await rm(folder, { recursive: true });
}

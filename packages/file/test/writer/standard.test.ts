import { execFile, execFileSync } from "node:child_process";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { fromFd, logDestination, stdout as standardOutput } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { run } from "../children/run.ts";

const folder = temporaryFolder();
const program = (name: string) => join(import.meta.dirname, "../children", name);

/** A pipe by name, whose writing end does not block. Returns both ends. */
function pipe(): { readEnd: number; writeEnd: number } {
  const path = folder.at("pipe");
  execFileSync("mkfifo", [path]);
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { readEnd, writeEnd: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) };
}

/** Reads what is in a pipe now. */
function drain(fd: number, chunk = Buffer.alloc(1 << 16)): string {
  try {
    return chunk.toString("latin1", 0, readSync(fd, chunk));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return "";
    throw error;
  }
}

describe.each(["async", "sync"] as const)("standard streams, %s", (io) => {
  it("a program piped into `head -1` ends quietly, as if by SIGPIPE", async () => {
    const script = `"$0" --conditions=@aw/source "$1" ${io} | head -1; echo "code \${PIPESTATUS[0]}"`;
    const args = ["-c", script, process.execPath, program("head-me.ts")];
    const { stdout, stderr } = await promisify(execFile)("bash", args);
    expect(stdout).toBe("line 0\ncode 141\n");
    expect(stderr).toBe("");
  });

  it("a pipe that does not block is waited for; bytes arrive once and in order", async () => {
    const { readEnd, writeEnd } = pipe();
    const out = fromFd(writeEnd, { io });
    const lines = Array.from({ length: 30_000 }, (_, index) => `line ${index}\n`).join("");
    let received = "";
    const written = out.writeAll(lines).then(() => out.close());
    let open = true;
    void written.finally(() => (open = false));
    while (open) {
      received += drain(readEnd);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await written;
    for (let rest = drain(readEnd); rest !== ""; rest = drain(readEnd)) received += rest;
    expect(received === lines).toBe(true);
    closeSync(readEnd);
  });

  it("a pipe nobody reads holds little, and an abort lets go of it", async () => {
    const { readEnd, writeEnd } = pipe();
    const out = fromFd(writeEnd, { io });
    let accepted = 0;
    for (let n = 1; n > 0; accepted += n) n = out.tryWrite(Buffer.alloc(100_000));
    // Two slabs, and what the kernel keeps.
    expect(accepted).toBeLessThanOrEqual(2 * 256 * 1024 + 64 * 1024);
    const waiting = out.flush();
    await new Promise((resolve) => setImmediate(resolve));
    out.abort();
    await expect(waiting).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    while (isOpen(writeEnd)) await new Promise((resolve) => setImmediate(resolve));
    closeSync(readEnd);
  });

  it("a reader that is gone is an error to who asked for one", async () => {
    const { readEnd, writeEnd } = pipe();
    const out = fromFd(writeEnd, { io });
    closeSync(readEnd);
    await out.writeAll("nobody reads this");
    await expect(out.flush()).rejects.toMatchObject({
      code: "ERR_AW_BROKEN_PIPE",
      cause: { code: "EPIPE" },
    });
  });

  it("goes on where a descriptor stands, and closes it unless told otherwise", async () => {
    const fd = openSync(folder.at("out"), "w");
    const first = fromFd(fd, { io, closeFd: false, durability: "full" });
    await first.writeAll("first, ");
    await first.close();
    const second = fromFd(fd, { io });
    await second.writeAll("second");
    await second.close();
    expect(await readFile(folder.at("out"), "utf8")).toBe("first, second");
    expect(isOpen(fd)).toBe(false);
  });

  it("a descriptor that is closed underneath is an error", async () => {
    const fd = openSync(folder.at("out"), "w");
    const out = fromFd(fd, { io });
    closeSync(fd);
    await out.writeAll("too late");
    await expect(out.flush()).rejects.toMatchObject({
      code: "ERR_AW_IO",
      cause: { code: "EBADF" },
    });
    expect(() => fromFd(fd, { io })).toThrow(expect.objectContaining({ code: "ERR_AW_IO" }));
  });
});

it("close leaves the standard streams open", async () => {
  const { code, stdout, stderr } = await run("say.ts", "10000");
  const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index}\n`).join("");
  expect(code).toBe(0);
  expect(stdout).toBe(`${lines}still open\n`);
  expect(stderr).toBe(`${lines}still open\n`);
});

it("works on a terminal", async () => {
  const command = `"${process.execPath}" --conditions=@aw/source ${program("say.ts")} 100`;
  const { stdout } = await promisify(execFile)("script", [
    "--quiet",
    "--command",
    command,
    "/dev/null",
  ]);
  expect(stdout.match(/line 99\r\n/g)).toHaveLength(2);
  expect(stdout.match(/still open\r\n/g)).toHaveLength(2);
});

it("flushSync says so where it can't wait for the thread pool, and changes nothing", async () => {
  const { readEnd, writeEnd } = pipe();
  const out = fromFd(writeEnd);
  // Larger than a slab: it is handed to the thread pool in this very call.
  out.tryWrite(Buffer.alloc(262_144, "x"));
  expect(() => out.flushSync()).toThrow(expect.objectContaining({ code: "ERR_AW_UNSUPPORTED" }));
  const closed = out.close();
  let received = 0;
  while (received < 262_144) {
    received += drain(readEnd).length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  closeSync(readEnd);
});

it("logDestination refuses what it could not flush at exit", async () => {
  const { readEnd, writeEnd } = pipe();
  const out = fromFd(writeEnd);
  expect(out.isExitSafe).toBe(false);
  expect(() => logDestination(out)).toThrow(
    expect.objectContaining({ code: "ERR_AW_UNSUPPORTED" }),
  );
  await out.close();
  closeSync(readEnd);
  expect(standardOutput({ io: "sync" }).isExitSafe).toBe(true);
});

it("flushSync waits for room in a pipe that does not block", async () => {
  const path = folder.at("pipe");
  execFileSync("mkfifo", [path]);
  const reader = promisify(execFile)("sh", ["-c", 'wc -c < "$0"', path]);
  const flags = constants.O_RDWR | constants.O_NONBLOCK;
  const out = fromFd(openSync(path, flags), { io: "sync" });
  out.writeSync(Buffer.alloc(300_000, "x"));
  out.flushSync();
  await out.close();
  expect((await reader).stdout.trim()).toBe("300000");
});

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

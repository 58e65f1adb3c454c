import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import type * as File from "@aw/file";
import { vi } from "vitest";

/**
 * Puts a descriptor in the place of standard output, which belongs to the runner of the tests. What is
 * imported after this writes there.
 */
export function standardOutputIs(fd: number): void {
  vi.resetModules();
  vi.doMock("@aw/file", async (original) => {
    const file = await original<typeof File>();
    // With the defaults of `stdout`.
    const stdout = ({ wholeLines: _lines, ...options }: File.StandardOptions = {}) =>
      file.fromFd(fd, { closeFd: false, onBrokenPipe: "exit", ...options });
    return { ...file, stdout };
  });
}

/** Standard output is itself again for what is imported after this. */
export function restoreStandardOutput(): void {
  vi.doUnmock("@aw/file");
  vi.resetModules();
}

/** The writing end of a pipe that nobody reads any more. */
export function brokenPipe(path: string): number {
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  closeSync(reader);
  return writer;
}

import { basename, join } from "node:path";

// What differs between the systems that the tests run on. A test that needs more is for those that have it: `it.runIf(...)`.

const { platform } = process;

/** Linux leaves a SYN unanswered when nobody accepts, and has /proc. */
export const isLinux: boolean = platform === "linux";

/** macOS has 127.0.0.1 alone, Linux and Windows have all of 127.0.0.0/8. */
export const hasLoopbackNet: boolean = platform !== "darwin";

/** Where a shell can set a limit for a process. */
export const hasLimits: boolean = platform !== "win32";

/** Where a local socket can be, near a folder of the test: Windows has named pipes instead. */
export function localPath(folder: string, name: string): string {
  return platform === "win32" ? `\\\\.\\pipe\\${basename(folder)}-${name}` : join(folder, name);
}

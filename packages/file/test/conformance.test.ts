import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@aw/conformance/vitest";
import { open } from "@aw/file";
import { afterAll } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "aw-conformance-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

for (const io of ["sync", "async"] as const) {
  for (const durability of ["none", "data"] as const) {
    conformance({
      name: `file (${io}, ${durability})`,
      factory: async () => {
        const path = join(folder, String(files++));
        const writer = await open(path, { io, durability });
        return {
          writer,
          delivered: () => readFileSync(path),
          held: () => descriptorsOf(path),
          cleanup: () => rmSync(path),
        };
      },
      // An asynchronous write that is under way at abort holds the descriptor until it is through.
      supports: { held: io === "sync" },
    });
  }
}

/** How many descriptors of this process are open on a file. */
function descriptorsOf(path: string): number {
  const fds = readdirSync("/proc/self/fd");
  return fds.filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      // The descriptor of the listing itself is gone by now.
      return false;
    }
  }).length;
}

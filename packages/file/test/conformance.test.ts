import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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
        return { writer, delivered: () => readFileSync(path), cleanup: () => rmSync(path) };
      },
    });
  }
}

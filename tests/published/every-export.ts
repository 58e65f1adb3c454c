// Runs in a project that has the packages that are named: imports every entry of each, by the conditions of the
// runtime.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

for (const name of process.argv.slice(2)) {
  const folder = join(dirname(import.meta.filename), "node_modules/@aw", name);
  const text = readFileSync(join(folder, "package.json"), "utf8");
  const { exports } = JSON.parse(text) as { exports: object };
  for (const entry of Object.keys(exports)) {
    // Vitest is a peer that need not be there.
    if (entry === "./vitest") continue;
    const loaded = (await import(join(`@aw/${name}`, entry))) as object;
    assert.ok(Object.keys(loaded).length > 0, `@aw/${name} ${entry} exports nothing`);
  }
}

/**
 * Opens files in folders as a user who is not root: as-nobody.ts FOLDER. Prints what became of it, as JSON.
 */
import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AsyncWriteError } from "@aw/core";
import { open, rotating, type FileWriter } from "@aw/file";

const NOBODY = 65_534;
const base = process.argv[2] ?? "";
const outcomes: Record<string, string> = {};

const WAYS: Record<string, (path: string) => Promise<FileWriter>> = {
  "a new file": (path) => open(path),
  "a new durable file": (path) => open(path, { durability: "data" }),
  "an old durable file": (path) => open(`${path}.old`, { durability: "full" }),
  atomic: (path) => open(path, { atomic: true }),
  rotating: (path) => rotating(path, { maxBytes: 100, lock: false }),
};

// Whoever may not list a folder, can write into it.
const folders = Object.keys(WAYS).map((name) => join(base, name));
for (const folder of folders) {
  mkdirSync(folder);
  writeFileSync(join(folder, "file.old"), "old");
  chownSync(join(folder, "file.old"), NOBODY, NOBODY);
  chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o300);
}
process.setgid?.(NOBODY);
process.setuid?.(NOBODY);
for (const [name, way] of Object.entries(WAYS)) {
  try {
    const out = await way(join(base, name, "file"));
    await out.writeAll("x\n");
    await out.close();
    outcomes[name] = "ok";
  } catch (error) {
    const { code, cause } = error as AsyncWriteError & { cause: NodeJS.ErrnoException };
    outcomes[name] = `${AsyncWriteError.is(error) ? code : "not typed"} ${cause?.code}`;
  }
}
for (const folder of folders) chmodSync(folder, 0o700);
const left = folders.map((folder) => readdirSync(folder).toSorted().join());
process.stdout.write(JSON.stringify({ outcomes, left }));

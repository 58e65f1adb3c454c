/**
 * Opens files under the permission model of Node: permitted.ts ALLOWED FORBIDDEN. Prints what became of it.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { AsyncWriteError } from "@aw/core";
import { open, rotating, type FileWriter } from "@aw/file";

const [allowed = "", forbidden = ""] = process.argv.slice(2);

const WAYS: Record<string, (path: string) => Promise<FileWriter>> = {
  write: (path) => open(path),
  durable: (path) => open(path, { durability: "full" }),
  append: (path) => open(path, { flags: "a" }),
  atomic: (path) => open(path, { atomic: true }),
  lock: (path) => open(path, { lock: true }),
  rotating: (path) => rotating(path, { maxBytes: 100 }),
  compressing: (path) => rotating(path, { maxBytes: 100, compress: "gzip" }),
};

async function outcome(way: (path: string) => Promise<FileWriter>, path: string): Promise<string> {
  try {
    const out = await way(path);
    await out.writeAll("new\n");
    await out.close();
    return `ok, ${(statSync(path).mode & 0o777).toString(8)}`;
  } catch (error) {
    return AsyncWriteError.is(error) ? error.code : String(error);
  }
}

const outcomes: Record<string, string[]> = {};
for (const [name, way] of Object.entries(WAYS)) {
  outcomes[name] = [
    await outcome(way, join(allowed, name)),
    await outcome(way, join(forbidden, name)),
  ];
}
process.stdout.write(
  JSON.stringify({ outcomes, left: readdirSync(allowed), there: readdirSync(forbidden) }),
);

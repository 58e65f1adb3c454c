import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, it } from "vitest";

/** What stands in one file each of `src`, because it relies on what `ws` or Node do not promise. */
const INTERNALS = [
  ["inflate-gate.ts", "holdsMessages"],
  ["frames.ts, ws-socket.ts", "mixesFrames"],
  ["took-at-once.ts", "reusesMemory"],
  ["queued-bytes.ts", "countsQueued"],
  ["upgrade-decision.ts", "decides"],
] as const;

const nodes = [
  { name: "Node 22", path: nodeOf("node22-linux-x64") },
  { name: "this Node", path: process.execPath },
  { name: "Node 26", path: nodeOf("node26-linux-x64") },
].filter(({ path }) => existsSync(path));

/** The workspace has them once, for machines that they run on. */
function nodeOf(name: string): string {
  return join(import.meta.dirname, "../../../tests/node_modules", name, "bin/node");
}

describe.each(nodes)("on $name", ({ path }) => {
  it.each(INTERNALS)("%s: %s", async (_files, check) => {
    const script = join(import.meta.dirname, "runtimes/internals.ts");
    await promisify(execFile)(path, ["--conditions=@aw/source", script, check]);
  });
});

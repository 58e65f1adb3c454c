import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ByteSource } from "@aw/core";

/** Something real to send. */
export interface Input {
  name: string;
  /** Its size, in bytes. */
  bytes: number;
  /** Reads it from its start. */
  open(): ByteSource;
}

/** The program that runs this: about 100 MB of machine code. */
export async function nodeExecutable(): Promise<Input> {
  const { size } = await stat(process.execPath);
  return {
    name: "node-executable",
    bytes: size,
    open: () => createReadStream(process.execPath, { highWaterMark: 1 << 18 }),
  };
}

const TEXT = /\.(ts|mjs|md|json|ya?ml|sh|toml)$|^LICENSE$/;
const SKIPPED = new Set(["node_modules", "dist", "coverage"]);

/** The text files below a folder as one stream of small lines, each its own write. */
export async function textLines(folder: string): Promise<Input> {
  const lines: string[] = [];
  for (const path of await textFiles(folder)) {
    for (const line of (await readFile(path, "utf8")).split("\n")) lines.push(`${line}\n`);
  }
  const bytes = lines.reduce((total, line) => total + Buffer.byteLength(line), 0);
  return { name: "text-lines", bytes, open: () => lines };
}

async function textFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => a.name.localeCompare(b.name))) {
    if (entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await textFiles(path)));
    else if (TEXT.test(entry.name)) found.push(path);
  }
  return found;
}

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Something real to send, and what has to arrive. */
export interface Input {
  name: string;
  bytes: number;
  sha256: string;
  /** Reads it from its start. */
  open(): AsyncIterable<Uint8Array>;
}

/** Records to send, and what they are as lines of JSON. */
export interface RecordInput {
  name: string;
  bytes: number;
  sha256: string;
  records: readonly unknown[];
}

/** The beginning of the program that runs this: machine code. */
export async function nodeExecutable(maxBytes: number): Promise<Input> {
  const open = (): AsyncIterable<Buffer> =>
    createReadStream(process.execPath, { highWaterMark: 256 * 1024, end: maxBytes - 1 });
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of open()) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { name: "node-executable", bytes, sha256: hash.digest("hex"), open };
}

/** The lines of the text files below a folder, each a record: `{ file, line, text }`. */
export async function textLines(folder: string, maxBytes: number): Promise<RecordInput> {
  const records: unknown[] = [];
  const hash = createHash("sha256");
  let bytes = 0;
  for (const file of await textFiles(folder)) {
    const lines = (await readFile(join(folder, file), "utf8")).split("\n");
    for (const [index, text] of lines.entries()) {
      const record = { file, line: index + 1, text };
      const encoded = `${JSON.stringify(record)}\n`;
      const length = Buffer.byteLength(encoded);
      if (bytes + length > maxBytes) break;
      records.push(record);
      hash.update(encoded);
      bytes += length;
    }
  }
  return { name: "text-lines", bytes, sha256: hash.digest("hex"), records };
}

const TEXT = /\.(ts|mjs|md|json|ya?ml|sh|toml)$|^LICENSE$/;
const SKIPPED = new Set(["node_modules", "dist", "coverage"]);

async function textFiles(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => a.name.localeCompare(b.name))) {
    if (entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
    const path = join(prefix, entry.name);
    if (entry.isDirectory()) found.push(...(await textFiles(folder, path)));
    else if (TEXT.test(entry.name)) found.push(path);
  }
  return found;
}

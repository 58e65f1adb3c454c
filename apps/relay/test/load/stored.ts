import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Receipt } from "../../src/live/snapshot.ts";

/** Compares a folder with its receipts. Throws unless each has its file, whole, and nothing else is there. */
export async function checkFolder(data: string): Promise<Map<string, Receipt>> {
  const receipts = new Map<string, Receipt>();
  const journal = await readFile(join(data, "receipts.ndjson"), "utf8");
  for (const line of journal.split("\n").filter((each) => each !== "")) {
    const receipt = JSON.parse(line) as Receipt;
    if (receipts.has(receipt.id)) throw new Error(`${receipt.id} is there twice`);
    receipts.set(receipt.id, receipt);
  }
  const names = new Set(await readdir(join(data, "uploads")));
  for (const { id, name, sha256 } of receipts.values()) {
    const file = `${id}-${name}`;
    if (!names.delete(file)) throw new Error(`${file} is missing`);
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(data, "uploads", file)), hash);
    if (hash.digest("hex") !== sha256) throw new Error(`${file} is not what its receipt says`);
  }
  if (names.size > 0) throw new Error(`without a receipt: ${[...names].join(", ")}`);
  return receipts;
}

/** Counts in a file that others count in too: lock-append.ts PATH COUNT. */
import { readFileSync } from "node:fs";
import { AsyncWriteError } from "@aw/core";
import { open, type FileWriter } from "@aw/file";

const [path = "", count] = process.argv.slice(2);

async function locked(): Promise<FileWriter> {
  for (;;) {
    try {
      return await open(path, { flags: "r+", lock: true });
    } catch (error) {
      if (!AsyncWriteError.is(error) || !error.message.includes("has the lock")) throw error;
    }
  }
}

for (let index = 0; index < Number(count); index++) {
  const out = await locked();
  const before = Number(readFileSync(path, "utf8"));
  await out.writeAll(String(before + 1));
  await out.close();
}

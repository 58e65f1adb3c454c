/**
 * Writes numbered records until it is killed, and reports each number that a flush has promised:
 * records.ts PATH KIND IO RUN.
 */
import { writeSync } from "node:fs";
import { open, rotating } from "@aw/file";

const [path, kind, io, run] = process.argv.slice(2) as [
  string,
  "append" | "rotating" | "compressing",
  "async" | "sync",
  string,
];
const options = { io, durability: "data" } as const;
const rotation = { maxBytes: 20_000, keep: 100_000, ...options };
const out =
  kind === "append"
    ? await open(path, { flags: "a", ...options })
    : await rotating(path, kind === "compressing" ? { ...rotation, compress: "gzip" } : rotation);
for (let number = 0; ;) {
  const records = 1 + (number % 90);
  for (const end = number + records; number < end; number++) {
    await out.writeAll(`${run} ${number} ${"x".repeat(number % 300)}.\n`);
  }
  await out.flush();
  // At once: what is reported has been promised before.
  writeSync(1, `${number - 1}\n`);
}

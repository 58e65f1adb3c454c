/** Replaces a file again and again until it is killed: replacements.ts PATH IO. */
import { writeSync } from "node:fs";
import { open } from "@aw/file";

const [path, io] = process.argv.slice(2) as [string, "async" | "sync"];
for (let version = 0; ; version++) {
  const out = await open(path, { io, atomic: true });
  const lines = 1 + ((version * 997) % 20_000);
  await out.writeAll(`${lines}\n`);
  for (let line = 0; line < lines; line++) await out.writeAll(`${version} ${line}\n`);
  await out.close();
  writeSync(1, `${version}\n`);
}

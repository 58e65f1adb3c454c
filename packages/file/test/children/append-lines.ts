/**
 * Appends lines of many lengths: append-lines.ts PATH NAME COUNT IO. Before each tenth of them it
 * says so, and waits until it is told to go on.
 */
import { once } from "node:events";
import { open } from "@aw/file";

const [path = "", name = "", count, io] = process.argv.slice(2);
const out = await open(path, { flags: "a", io: io as "async" | "sync" });
for (let index = 0; index < Number(count); index++) {
  if (index % (Number(count) / 10) === 0) {
    process.stdout.write(".");
    await once(process.stdin, "data");
  }
  // Now and then one that no slab of 256 KiB holds.
  const length = index % 20_000 === 7 ? 600_000 : (index * 7) % 200;
  await out.writeAll(`${name} ${index} ${name.repeat(length)}\n`);
}
await out.close();
process.stdin.destroy();

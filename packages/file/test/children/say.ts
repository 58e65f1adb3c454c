/** Writes to both standard streams, closes them, and goes on: say.ts COUNT. */
import { stderr, stdout } from "@aw/file";

const count = Number(process.argv[2]);
for (const out of [stdout(), stderr({ io: "sync" })]) {
  for (let index = 0; index < count; index++) await out.writeAll(`line ${index}\n`);
  await out.close();
  out.abort();
}
process.stdout.write("still open\n");
process.stderr.write("still open\n");

/** Writes without end, as a program whose reader goes away: head-me.ts IO. */
import { logDestination, stdout } from "@aw/file";

const out = stdout({ io: process.argv[2] as "async" | "sync" });
// As with a logger: its flush at exit must keep quiet too.
if (out.isExitSafe) logDestination(out);
for (let index = 0; ; index++) await out.writeAll(`line ${index}\n`);

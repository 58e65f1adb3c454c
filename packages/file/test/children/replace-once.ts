/** Replaces a file once, holding its lock: replace-once.ts PATH IO. */
import { open } from "@aw/file";

const [path, io] = process.argv.slice(2) as [string, "async" | "sync"];
const out = await open(path, { io, atomic: true, lock: true });
await out.writeAll("new\n");
await out.close();

/** Dies in the middle of a replacement: atomic-killed.ts PATH. */
import { open } from "@aw/file";

const out = await open(process.argv[2] ?? "", { atomic: true });
await out.writeAll("half of the new co");
await out.flush();
process.kill(process.pid, "SIGKILL");

/** Dies with a lock: lock-killed.ts PATH. */
import { open } from "@aw/file";

await open(process.argv[2] ?? "", { lock: true });
process.kill(process.pid, "SIGKILL");

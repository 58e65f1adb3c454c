/** A thread that takes a lock, says so, and keeps it: its data are the path and a gate. */
import { workerData } from "node:worker_threads";
import { open } from "@aw/file";

const { path, gate } = workerData as { path: string; gate: Int32Array };
await open(path, { flags: "a", lock: true });
Atomics.store(gate, 0, 1);
Atomics.notify(gate, 0);
setInterval(() => {}, 1_000_000);

// Runs a program in a worker thread: `print-outcome-of-worker.ts PROGRAM [ARGUMENT...]`.
import { resolve } from "node:path";
import { Worker } from "node:worker_threads";

const [program = "", ...rest] = process.argv.slice(2);
new Worker(resolve(program), { argv: rest }).on("error", (error) => {
  throw error;
});

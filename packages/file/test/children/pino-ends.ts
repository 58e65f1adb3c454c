/** Logs with pino to two destinations and ends in one of several ways: pino-ends.ts FOLDER COUNT ENDING IO. */
import { join } from "node:path";
import { logDestination, open, rotating } from "@aw/file";
import { pino } from "pino";

const [folder, count, ending, io] = process.argv.slice(2) as [
  string,
  string,
  string,
  "async" | "sync",
];
if (ending === "throw") {
  // One that can't be flushed keeps none of the others from it.
  logDestination(await open("/dev/full", { io: "sync" })).write("lost");
}
const destinations = [
  logDestination(await open(join(folder, "append"), { flags: "a", io })),
  logDestination(await rotating(join(folder, "rotating"), { maxBytes: 50_000, keep: 1000, io })),
];
const logs = destinations.map((destination) => pino({ base: null, timestamp: false }, destination));
for (let index = 0; index < Number(count); index++) {
  for (const log of logs) log.info({ index }, "x".repeat(index % 100));
  // Some while the thread pool writes, some when it has written.
  if (index % 1000 === 999) await new Promise((resolve) => setImmediate(resolve));
}
if (ending === "end and exit") for (const destination of destinations) destination.end();
if (ending.endsWith("exit")) process.exit(3);
if (ending === "throw") throw new Error("uncaught");
if (ending === "fatal") for (const log of logs) log.fatal({ index: Number(count) }, "fatal");
if (ending === "end") for (const destination of destinations) destination.end();

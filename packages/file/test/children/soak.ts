/**
 * Four writers log as fast as they can on a small disk that fills up and is emptied, with a log that
 * rotates and is flushed all the time: soak.ts FOLDER ROUNDS SECONDS IO. Prints what became of the lines, as JSON.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { logDestination, rotating } from "@aw/file";
import { pino } from "pino";

const [folder = "", rounds, seconds, io] = process.argv.slice(2);
const path = join(folder, "log");
const ballast = join(folder, "ballast");
const WRITERS = 4;
const LINES = 100;

let lost = 0;
let seen = 0;
let torn = 0;
let outages = 0;
const thrown: string[] = [];
process.on("uncaughtException", (error) => thrown.push(String(error)));
process.on("unhandledRejection", (error) => thrown.push(String(error)));

/** Where each writer is, as far as files tell. */
const last = Array.from({ length: WRITERS }, () => -1);

function count(file: string): void {
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line === "") continue;
    try {
      const { writer, index, filling } = JSON.parse(line) as Record<string, number | string>;
      const isInOrder = Number(index) > (last[Number(writer)] ?? 0);
      if (!isInOrder || filling !== "x".repeat(Number(index) % 100)) torn++;
      last[Number(writer)] = Number(index);
      seen++;
    } catch {
      torn++;
    }
  }
}

const log = pino(
  { base: null, timestamp: false },
  logDestination(
    await rotating(path, {
      io: io as "async" | "sync",
      maxBytes: 200_000,
      // Names that stay: several rotations may come before the first of their callbacks.
      names: "dated",
      keep: 15,
      maxBacklog: 2_000_000,
      onRotate: (file) => count(file.path),
      onError(_, linesLost) {
        lost += linesLost;
        outages++;
      },
    }),
  ),
);

let written = 0;
let isOver = false;

async function write(writer: number): Promise<void> {
  for (let index = 0; !isOver;) {
    for (const end = index + LINES; index < end; index++, written++) {
      log.info({ writer, index, filling: "x".repeat(index % 100) });
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

let flushes = 0;

/** One after the other, while the others write: none may wait for them. */
async function flush(): Promise<void> {
  while (!isOver) {
    await new Promise<void>((resolve) => log.flush(() => resolve()));
    if (!isOver) flushes++;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function fill(): void {
  try {
    for (;;) writeFileSync(ballast, Buffer.alloc(16_384), { flag: "a" });
  } catch {
    // It is full.
  }
}

async function disturb(): Promise<void> {
  const end = Date.now() + Number(seconds) * 1000;
  for (let round = 0; round < Number(rounds) || Date.now() < end; round++) {
    if (round % 150 === 20) fill();
    if (round % 150 === 140) rmSync(ballast);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  isOver = true;
  rmSync(ballast, { force: true });
}

await Promise.all([disturb(), flush(), ...last.map((_, writer) => write(writer))]);
await new Promise<void>((resolve) => log.flush(() => resolve()));
process.on("exit", () => {
  count(path);
  process.stdout.write(
    `${JSON.stringify({ written, missing: written - seen - lost, torn, thrown, outages, lost, flushes })}\n`,
  );
});

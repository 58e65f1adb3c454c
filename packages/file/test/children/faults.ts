/**
 * Does one thing again and again, each time with another of its system calls failing, until none
 * is left: faults.ts KIND FOLDER ERRNO. Prints a line of JSON for each: which call, and what became of it.
 */
import {
  chownSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { AsyncWriteError } from "@aw/core";
import { open, rotating } from "@aw/file";

const [kind = "", base = "", errno = ""] = process.argv.slice(2);
const io = kind.endsWith("sync") && !kind.endsWith("async") ? "sync" : "async";
const folder = join(base, "work");
const log = join(base, "log");
const path = join(folder, "file");

/** What went wrong where nobody waits for it. */
let uncaught: string[] = [];
process.on("uncaughtException", (error) => uncaught.push(String(error)));

let lost = 0;
const onError = (_: unknown, lines: number): void => void (lost += lines);

async function replace(): Promise<void> {
  const out = await open(path, { io, atomic: true, lock: true });
  try {
    await out.writeAll("new\n");
    await out.close();
  } finally {
    out.abort();
  }
}

async function write(): Promise<void> {
  const out = await open(path, { io, lock: true, durability: "full", preallocate: 10_000 });
  try {
    await out.writeAll("new\n");
    await out.flush();
    await out.close();
  } finally {
    out.abort();
  }
}

async function append(): Promise<void> {
  const out = await open(path, { io, flags: "a", lock: true, durability: "data" });
  try {
    await out.writeAll("one\n");
    await out.reopen();
    await out.writeAll("two\n");
    out.flushSync();
    await out.close();
  } finally {
    out.abort();
  }
}

async function rotate(): Promise<void> {
  const out = await rotating(path, {
    io,
    maxBytes: 8,
    keep: 10,
    compress: "gzip",
    durability: "data",
    onError,
  });
  try {
    for (const line of ["line 1\n", "line 2\n", "line 3\n"]) {
      await out.writeAll(line);
      out.flushSync();
    }
    await out.close();
  } finally {
    out.abort();
  }
}

const KINDS: Record<string, () => Promise<void>> = { replace, write, append, rotate };
const work = KINDS[kind.split("-")[0] ?? ""] as () => Promise<void>;

function textOf(name: string): string {
  const bytes = readFileSync(join(folder, name));
  return String(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}

for (let at = 1; ; at++) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(path, kind.startsWith("rotate") ? "" : "old\n");
  if (process.getuid?.() === 0) chownSync(path, 1234, 4321);
  chmodSync(path, 0o640);
  writeFileSync(log, "");
  uncaught = [];
  lost = 0;
  Object.assign(process.env, {
    FAULT_ROUND: String(at),
    FAULT_AT: String(at),
    FAULT_ERRNO: errno,
    FAULT_LOG: log,
    FAULT_PATH: folder,
  });
  let failure: unknown;
  await work().catch((error: unknown) => (failure = error));
  // What is dropped in the thread pool comes to its end, and a compression that was stopped cleans up.
  const isLeft = (): boolean => readdirSync(folder).some((name) => name.endsWith(".tmp"));
  for (let turn = 0; turn < 20 || (turn < 2000 && isLeft()); turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  process.env["FAULT_PATH"] = "";
  const call = readFileSync(log, "utf8")
    .trim()
    .replaceAll(folder, ".")
    .replaceAll(/[0-9a-f]{8,}\S*?(?=\.(tmp|sock))/g, "*");
  if (call === "") break;
  const texts = readdirSync(folder)
    .toSorted()
    .filter((name) => /^file(\.\d+(\.gz)?)?$/.test(name))
    .map(textOf);
  // A lock that could not be removed holds off nobody, and goes with the next who takes it.
  await (await open(path, { io, flags: "a", lock: true })).close();
  const names = readdirSync(folder).toSorted();
  const error =
    failure === undefined
      ? undefined
      : AsyncWriteError.is(failure)
        ? failure.code
        : `not typed: ${(failure as Error).message}`;
  writeSync(1, `${JSON.stringify({ call, error, names, texts, uncaught, lost })}\n`);
}

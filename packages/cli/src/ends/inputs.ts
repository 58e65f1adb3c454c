import { createReadStream, fstatSync, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { AsyncWriteError, toReader, type Reader } from "@aw/core";
import { openReader } from "@aw/file";
import { usage } from "../line/usage.ts";

/** What is read, one input after the other, as `cat` does. */
export interface Input {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** In bytes, if it is known from the start. */
  readonly size: number | undefined;
}

/** Larger reads make fewer trips to the thread pool; more than this gains nothing. */
const READ_SIZE = 256 * 1024;

/**
 * Reads files, or standard input if there is none. What is missing is known before the target is
 * touched, and so is an input that would be overwritten while it is read.
 */
export async function openInput(
  paths: readonly string[],
  overwritten: string | undefined,
): Promise<Input> {
  const names = paths.length === 0 ? ["-"] : paths;
  const stats = await Promise.all(names.map(statOf));
  // What does not exist can't be read at the same time; opening it says what else is wrong.
  const output = overwritten && (await stat(overwritten).catch(() => undefined));
  for (const [index, { dev, ino }] of stats.entries()) {
    if (!output || output.ino !== ino || output.dev !== dev) continue;
    throw usage(`${describe(names[index] as string)} is the output too; --atomic would allow that`);
  }
  const size = stats.every((file) => file.isFile())
    ? stats.reduce((sum, file) => sum + file.size, 0)
    : undefined;
  return { chunks: read(names), size };
}

async function statOf(name: string): Promise<Stats> {
  const stats = await failing(name, () => (name === "-" ? fstatSync(0) : stat(name)));
  if (stats.isDirectory()) throw new AsyncWriteError("ERR_AW_IO", `${describe(name)} is a folder`);
  return stats;
}

async function* read(names: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const name of names) {
    await using reader = await failing(name, () => open(name));
    for (;;) {
      const chunk = await failing(name, () => reader.read());
      if (chunk === undefined) break;
      yield chunk;
    }
  }
}

async function open(name: string): Promise<Reader> {
  if (name !== "-") return openReader(name, { chunkSize: READ_SIZE });
  if (!fstatSync(0).isFile()) return toReader(process.stdin);
  // From where it stands: another program may have read the beginning.
  return toReader(createReadStream("", { fd: 0, autoClose: false, highWaterMark: READ_SIZE }));
}

async function failing<T>(name: string, attempt: () => T | Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    throw AsyncWriteError.from(error, `read ${describe(name)}`);
  }
}

function describe(name: string): string {
  return name === "-" ? "standard input" : name;
}

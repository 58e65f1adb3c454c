import { createReadStream } from "node:fs";
import { open as openFile } from "node:fs/promises";
import { lines, toReader, unframed } from "@aw/core";
import { open, type FileWriter } from "@aw/file";
import type { Receipt } from "../live/snapshot.ts";

interface Waiting extends PromiseWithResolvers<void> {
  readonly line: string;
}

/**
 * Receipts as lines of JSON, only ever appended. One sync makes all durable that have come during the one before:
 * with a thousand uploads at a time, some dozens of syncs.
 */
export class Journal {
  readonly #path: string;
  #file: FileWriter | undefined;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves once the receipt is on the disk. After a failure, the next call opens the file again. */
  async append(receipt: Receipt): Promise<void> {
    const waiting = { ...Promise.withResolvers<void>(), line: `${JSON.stringify(receipt)}\n` };
    this.#waiting.push(waiting);
    this.#writing ??= this.#write();
    await waiting.promise;
  }

  /** All receipts, the oldest first. A line that a crash has cut off was never acknowledged, and is none. */
  async *read(): AsyncGenerator<Receipt> {
    let source;
    try {
      source = await openFile(this.#path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    const bytes = toReader(createReadStream("", { fd: source }));
    for await (const line of unframed(bytes, lines())) {
      const receipt = parse(line);
      if (receipt !== undefined) yield receipt;
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        this.#file ??= await this.#open();
        await this.#file.writeAll(batch.map(({ line }) => line).join(""));
        await this.#file.flush();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#file?.abort(error);
        this.#file = undefined;
        for (const { reject } of batch) reject(error);
      }
    }
    this.#writing = undefined;
  }

  async #open(): Promise<FileWriter> {
    const file = await open(this.#path, { flags: "a", durability: "data" });
    // What a crash or a full disk has cut off must not become the beginning of the next line.
    if (!(await endsLine(this.#path))) await file.writeAll("\n");
    return file;
  }
}

async function endsLine(path: string): Promise<boolean> {
  await using file = await openFile(path);
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

function parse(line: string): Receipt | undefined {
  try {
    return JSON.parse(line) as Receipt;
  } catch {
    return undefined; // cut off: see `read`
  }
}

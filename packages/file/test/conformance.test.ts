import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { conformance, readerConformance } from "@aw/conformance/vitest";
import type { Writer } from "@aw/core";
import { fromFd, open, openReader, rotating } from "@aw/file";
import { afterAll } from "vitest";
import { descriptorsOf } from "./descriptors-of.ts";

const folder = mkdtempSync(join(tmpdir(), "aw-conformance-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Fewer than the kit's 2,000 for the kinds that differ from a plain file in little. */
const SEEDS = Number(process.env["AW_SEEDS"] ?? 400);

let files = 0;
const nextPath = () => join(folder, String(files++));

for (const io of ["sync", "async"] as const) {
  // An asynchronous write that is under way at abort holds the descriptor until it is through.
  const supports = { held: io === "sync" };

  for (const durability of ["none", "data"] as const) {
    conformance({
      name: `file (${io}, ${durability})`,
      factory: async () => {
        const path = nextPath();
        const writer = await open(path, { io, durability });
        return {
          writer,
          delivered: (count) => written(writer, count, path),
          held: () => descriptorsOf(path),
          cleanup: () => rmSync(path),
        };
      },
      supports: { ...supports, unprompted: true },
    });
  }

  conformance({
    name: `append (${io})`,
    factory: async () => {
      const path = nextPath();
      const writer = await open(path, { io, flags: "a" });
      return {
        writer,
        delivered: () => readFileSync(path),
        held: () => descriptorsOf(path),
        cleanup: () => rmSync(path),
      };
    },
    supports,
    seeds: SEEDS,
  });

  conformance({
    name: `atomic (${io})`,
    factory: async () => {
      const path = nextPath();
      writeFileSync(path, "old");
      const writer = await open(path, { io, atomic: true });
      const temporary = () =>
        readdirSync(folder).find((name) => name.startsWith(`.${path.slice(folder.length + 1)}.`));
      return {
        writer,
        // Until it is closed the bytes are in the temporary file.
        delivered: (count) =>
          written(writer, count, join(folder, temporary() ?? path.slice(folder.length))),
        finished: () => readFileSync(path, "utf8") !== "old",
        held: () => (temporary() === undefined ? 0 : 1),
        cleanup: () => rmSync(path),
      };
    },
    supports: { ...supports, finished: true, unprompted: true },
    seeds: SEEDS,
  });

  conformance({
    name: `rotating (${io})`,
    factory: async () => {
      const path = nextPath();
      // Files so small that they are full all the time; smaller ones would be renamed too often.
      const writer = await rotating(path, { maxBytes: 30_000, keep: 10_000, io });
      const names = () => {
        const name = path.slice(folder.length + 1);
        const old = readdirSync(folder).filter((each) => each.startsWith(`${name}.`));
        const numbers = old.map((each) => Number(each.slice(name.length + 1)));
        const ordered = numbers.filter((number) => number > 0).toSorted((a, b) => b - a);
        return [...ordered.map((number) => `${path}.${number}`), path];
      };
      return {
        writer,
        delivered: () => Buffer.concat(names().map((name) => readFileSync(name))),
        held: () => descriptorsOf(path) + (existsSync(`${path}.lock`) ? 1 : 0),
        cleanup: () => names().forEach((name) => rmSync(name)),
      };
    },
    supports,
    seeds: SEEDS,
  });

  conformance({
    name: `pipe (${io})`,
    factory: () => {
      const path = nextPipe();
      const reader = new PipeReader(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
      const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      return {
        writer: fromFd(fd, { io }),
        delivered: (accepted) => reader.received(accepted),
        stall: () => reader.stall(),
        release: () => reader.release(),
        // Two slabs, and what the kernel keeps for a pipe.
        bound: 2 * 256 * 1024 + 64 * 1024,
        held: () => descriptorsOf(path) - reader.held,
        cleanup: () => {
          reader.close();
          rmSync(path);
        },
      };
    },
    supports: { ...supports, stall: true, unprompted: true },
    seeds: SEEDS,
  });
}

// Of all that can be opened by name, a FIFO is what has nothing for a while.
readerConformance({
  name: "reader of a FIFO",
  factory: async () => {
    const path = nextPipe();
    const source = new PipeWriter(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    return {
      reader: await openReader(path, { chunkSize: 5000 }),
      give: (bytes) => source.write(bytes),
      end: () => source.end(),
      async cleanup() {
        // So that a read that is in flight returns.
        source.destroy();
        while (descriptorsOf(path) > 0) await turn();
        rmSync(path);
      },
    };
  },
  seeds: 100,
});

const pipes: string[] = [];

/** A new pipe by name. They are made many at once: that takes a process. */
function nextPipe(): string {
  if (pipes.length === 0) {
    for (let count = 0; count < 500; count++) pipes.push(nextPath());
    execFileSync("mkfifo", pipes);
  }
  return pipes.pop() as string;
}

/** Reads a pipe, unless it is stalled. */
class PipeReader {
  readonly #fd: number;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #stalled = false;
  #open = true;

  constructor(fd: number) {
    this.#fd = fd;
    void this.#readOn();
  }

  /** How many descriptors it has open. */
  get held(): number {
    return this.#open ? 1 : 0;
  }

  stall(): void {
    this.#stalled = true;
  }

  release(): void {
    this.#stalled = false;
  }

  /** What has arrived, stalled or not: the kernel has it. */
  async received(length: number): Promise<Buffer> {
    for (; this.#length < length; await turn()) this.#read();
    return Buffer.concat(this.#chunks);
  }

  close(): void {
    this.#open = false;
    closeSync(this.#fd);
  }

  async #readOn(): Promise<void> {
    for (; this.#open; await turn()) if (!this.#stalled) this.#read();
  }

  #read(): void {
    const chunk = Buffer.alloc(1 << 16);
    try {
      const length = readSync(this.#fd, chunk);
      this.#chunks.push(chunk.subarray(0, length));
      this.#length += length;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

/** Writes into a pipe what it has room for, and the rest later. */
class PipeWriter {
  readonly #fd: number;
  #rest: Buffer = Buffer.alloc(0);
  #isEnding = false;
  #isOpen = true;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(bytes: Uint8Array): void {
    const isIdle = this.#rest.length === 0;
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (isIdle) this.#pump();
  }

  end(): void {
    this.#isEnding = true;
    if (this.#rest.length === 0) this.destroy();
  }

  destroy(): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
  }

  #pump(): void {
    if (!this.#isOpen) return;
    try {
      while (this.#rest.length > 0) {
        // What a pipe takes whole or not at all: Deno does not say how much of more it took.
        const piece = this.#rest.subarray(0, 4096);
        this.#rest = this.#rest.subarray(writeSync(this.#fd, piece));
      }
      if (this.#isEnding) this.destroy();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      setImmediate(() => this.#pump());
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What the file holds once that is `count` bytes, or the writer is over: the thread pool takes its time. */
async function written(writer: Writer, count: number, path: string): Promise<Uint8Array> {
  while (writer.state === "open" && statSync(path).size < count) await nextTurn();
  return readFileSync(path);
}

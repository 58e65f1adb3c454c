import { copy, toWriter, type AsyncBufRead, type AsyncWrite, type Writer } from "@aw/core";
import { chunked } from "../instruments/chunked.ts";
import { Destination } from "../instruments/destination.ts";
import { interleavePending } from "../instruments/interleave-pending.ts";
import { interleavePendingReads } from "../instruments/interleave-pending-reads.ts";
import { limited } from "../instruments/limited.ts";
import { Origin } from "../instruments/origin.ts";
import { LaterQueue } from "../make.ts";
import { Random } from "../random.ts";
import { turn } from "../turn.ts";
import { ConformanceError, expectRule } from "../violation.ts";
import type { StackOptions } from "./stack-options.ts";

const LENGTHS = [0, 1, 100, 5000, 70_000, 200_000];
const MAX_STEPS = 40;

/** So many turns may pass without anything happening before time is measured. */
const QUIET_TURNS = 50;

type Ending = "end" | "fail" | "break" | "stop";

interface Outcome {
  readonly error?: unknown;
}

const BELOW_READER: readonly ((inner: AsyncBufRead) => AsyncBufRead)[] = [
  (inner) => inner,
  interleavePendingReads,
  (inner) => chunked(inner, 31),
];

const BELOW_WRITER: readonly ((inner: AsyncWrite) => AsyncWrite)[] = [
  (inner) => inner,
  interleavePending,
  (inner) => limited(inner, { bytes: 700, buffers: 2 }),
];

/** One schedule of a stack. */
export class StackSchedule {
  readonly #options: StackOptions;
  readonly #patience: number;
  readonly #seed: number;
  readonly #random: Random;
  readonly #queue: LaterQueue;
  readonly #steps: string[] = [];
  readonly #origin = new Origin();
  readonly #destination = new Destination();
  readonly #stop = new AbortController();
  readonly #injected = new Error("injected");
  #data: Uint8Array = new Uint8Array(0);
  #outcome: Outcome | undefined;

  constructor(options: StackOptions, patience: number, seed: number) {
    this.#options = options;
    this.#patience = patience;
    this.#seed = seed;
    const random = new Random(seed);
    this.#random = random;
    this.#queue = new LaterQueue(false, (count) => random.int(0, Math.max(0, count - 1)));
  }

  async run(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      const steps = this.#steps.join(" ");
      if (error instanceof ConformanceError) throw error.withSeed(this.#seed, steps);
      const finding = `it threw where it should not: ${String(error)}`;
      throw new ConformanceError("AW-WRITE-8", finding, { cause: error }).withSeed(
        this.#seed,
        steps,
      );
    }
  }

  async #run(): Promise<void> {
    const random = this.#random;
    const { encode = (bytes: Uint8Array) => bytes } = this.#options;
    this.#data = random.bytes(random.pick(LENGTHS));
    const pieces = this.#cut(await encode(this.#data));
    const factoryOptions = { room: Infinity, later: (step: () => void) => this.#queue.later(step) };
    const reading = this.#options.reader(random.pick(BELOW_READER)(this.#origin), factoryOptions);
    const reader = "reader" in reading ? reading.reader : reading;
    const writing = await this.#options.writer(
      random.pick(BELOW_WRITER)(this.#destination),
      factoryOptions,
    );
    const writer = toWriter("writer" in writing ? writing.writer : writing);
    void copy(reader, writer, { signal: this.#stop.signal }).then(
      () => (this.#outcome = {}),
      (error: unknown) => (this.#outcome = { error }),
    );
    try {
      const count = random.int(1, MAX_STEPS);
      for (let step = 0; step < count; step++) await this.#step(pieces);
      await this.#end(pieces, writer);
    } finally {
      reader.abort?.(new Error("the case is over"));
      writer.abort(new Error("the case is over"));
    }
  }

  #cut(encoded: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < encoded.length;) {
      const end = at + this.#random.pick([1, 7, 500, 4096, 20_000, encoded.length]);
      pieces.push(encoded.slice(at, end));
      at = end;
    }
    return pieces;
  }

  async #step(pieces: Uint8Array[]): Promise<void> {
    const kind = this.#random.next();
    if (kind < 0.35) this.#give(pieces);
    else if (kind < 0.55) this.#queue.runOne();
    else if (kind < 0.65) await Promise.resolve();
    else if (kind < 0.8) await turn();
    else if (kind < 0.85) this.#origin.wakeSpuriously();
    else if (kind < 0.9) this.#destination.wakeSpuriously();
    else if (kind < 0.95) this.#note("stall", () => this.#destination.stall());
    else this.#note("release", () => this.#destination.release());
  }

  #give(pieces: Uint8Array[]): void {
    const piece = pieces.shift();
    if (piece !== undefined) this.#note(`give=${piece.length}`, () => this.#origin.give(piece));
  }

  async #end(pieces: Uint8Array[], writer: Writer): Promise<void> {
    const ending = this.#random.pick<Ending>(["end", "end", "fail", "break", "stop"]);
    this.#steps.push(ending);
    if (ending === "end") return this.#complete(pieces, writer);
    if (ending === "fail") this.#origin.fail(this.#injected);
    if (ending === "break") this.#destination.fail(this.#injected);
    if (ending === "stop") this.#stop.abort(this.#injected);
    if (ending === "fail") this.#destination.release();
    const { error } = await this.#settled();
    expectRule(
      causesOf(error).includes(this.#injected),
      ending === "break" ? "AW-FAIL-1" : "AW-READ-6",
      `the copy ends with ${String(error)}, not with what happened`,
    );
    if (ending !== "fail") {
      const stopped = this.#origin.aborts.length > 0;
      expectRule(stopped, "AW-READ-7", "the source is not made to stop when the copy fails");
    }
    expectRule(!this.#destination.isClosed, "AW-ABORT-2", "what was cut off looks finished");
    await this.#compare(false);
  }

  async #complete(pieces: Uint8Array[], writer: Writer): Promise<void> {
    while (pieces.length > 0) this.#give(pieces);
    this.#origin.end();
    this.#destination.release();
    const { error } = await this.#settled();
    if (error !== undefined) throw error;
    this.#outcome = undefined;
    void writer.close().then(
      () => (this.#outcome = {}),
      (failure: unknown) => (this.#outcome = { error: failure }),
    );
    const closed = await this.#settled();
    if (closed.error !== undefined) throw closed.error;
    await this.#compare(true);
  }

  /** What has arrived is what was given, or the start of it. */
  async #compare(isComplete: boolean): Promise<void> {
    const { decode = (bytes: Uint8Array) => bytes } = this.#options;
    const arrived = await decode(this.#destination.bytes(), isComplete);
    const wanted = isComplete ? this.#data : this.#data.subarray(0, arrived.length);
    const isSame =
      arrived.length === wanted.length && wanted.every((byte, i) => byte === arrived[i]);
    expectRule(isSame, "AW-WRITE-8", `${arrived.length} bytes arrive that are not those given`);
  }

  /** Runs what is to run until the copy has ended. */
  async #settled(): Promise<Outcome> {
    let quietSince: number | undefined;
    for (let quiet = 0; this.#outcome === undefined; quiet++) {
      const arrived = this.#destination.length + this.#origin.consumed;
      const ran = this.#queue.runOne();
      await turn();
      if (ran || this.#destination.length + this.#origin.consumed > arrived) {
        quiet = 0;
        quietSince = undefined;
      } else if (quiet > QUIET_TURNS) {
        quietSince ??= performance.now();
        const waits = performance.now() - quietSince > this.#patience;
        expectRule(!waits, "AW-READ-5", "the copy neither ends nor goes on: a wake was lost");
      }
    }
    return this.#outcome;
  }

  #note(step: string, run: () => void): void {
    this.#steps.push(step);
    run();
  }
}

/** An error, and what caused it. */
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause !== undefined && causes.length < 10;) {
    causes.push(cause);
    cause = (cause as { cause?: unknown }).cause;
  }
  return causes;
}

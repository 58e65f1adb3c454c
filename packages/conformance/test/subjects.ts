import {
  CompletionEngine,
  TransformEngine,
  Writer,
  type AsyncWrite,
  type CompletionControl,
  type Destination,
  type Done,
  type TransformControl,
  type TransformEngineOptions,
  type Transformer,
} from "@aw/core";
import type { FactoryOptions, Subject } from "../src/index.ts";
import { concat } from "./concat.ts";

export type Speed = "sync" | "async" | "slow";

interface Settings {
  speed: Speed;
  capacity: number;
  commits: boolean;
}

/** The smallest destination: an array, at different speeds. */
class ArrayDestination implements Destination {
  readonly chunks: Uint8Array[] = [];
  isFinished = false;
  commit?: Required<Destination>["commit"];
  transmitNow?: Required<Destination>["transmitNow"];
  #control: CompletionControl | undefined;
  #stalled: (() => void)[] | undefined;
  readonly #speed: Speed;
  readonly #later: FactoryOptions["later"];

  constructor({ speed, commits }: Settings, later: FactoryOptions["later"]) {
    this.#speed = speed;
    this.#later = later;
    // Also of a synchronous destination, as of a file that is synced in the background.
    if (commits) this.commit = (done) => this.#answer("slow", done);
    if (speed === "sync")
      this.transmitNow = (bytes) => this.chunks.push(bytes.slice()) && bytes.length;
  }

  stall(): void {
    this.#stalled ??= [];
  }

  release(): void {
    const waiting = this.#stalled ?? [];
    this.#stalled = undefined;
    for (const step of waiting) step();
  }

  breakDown(error: Error): void {
    this.#control?.fail(error);
  }

  start(control: CompletionControl): void {
    this.#control = control;
  }

  transmit(bytes: Uint8Array, done: Done): void {
    this.#answer(this.#speed, () => {
      this.chunks.push(bytes.slice());
      done();
    });
  }

  finish(done: Done): void {
    this.#answer(this.#speed, () => {
      if (this.#control?.state === "failed") return;
      this.isFinished = true;
      done();
    });
  }

  #answer(speed: Speed, step: () => void): void {
    if (this.#stalled !== undefined) this.#stalled.push(() => this.#answer(speed, step));
    else if (speed === "sync") step();
    else if (speed === "async") queueMicrotask(step);
    else this.#later(step);
  }
}

export function arrayFactory(settings: Settings) {
  return ({ later }: FactoryOptions): Subject => {
    const destination = new ArrayDestination(settings, later);
    return {
      writer: new Writer(new CompletionEngine(destination, { capacity: settings.capacity })),
      delivered: () => concat(destination.chunks),
      finished: () => destination.isFinished,
      fail: (error) => destination.breakDown(error),
      stall: () => destination.stall(),
      release: () => destination.release(),
      bound: 3 * settings.capacity,
    };
  };
}

const KEY = 0x5a;

/** A layer of a transformer. */
export function transformed(
  inner: AsyncWrite,
  transformer: Transformer,
  options?: TransformEngineOptions,
): Writer {
  return new Writer(new TransformEngine(inner, transformer, options));
}

/** Turns each byte into one other byte. */
export class Xor implements Transformer {
  #control: TransformControl | undefined;

  start(control: TransformControl): void {
    this.#control = control;
  }

  transform(block: Uint8Array, done: Done): void {
    this.#control?.push(xor(block));
    done();
  }
}

export function xor(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ KEY);
}

/** Writes each byte twice, a piece at a time, and pauses when there is much output. */
export class Doubling implements Transformer {
  #control: TransformControl | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  #done: Done | undefined;

  start(control: TransformControl): void {
    this.#control = control;
  }

  transform(block: Uint8Array, done: Done): void {
    this.#rest = block.slice();
    this.#done = done;
    this.resume();
  }

  resume(): void {
    let more = true;
    while (more && this.#rest.length > 0) {
      const piece = this.#rest.subarray(0, 1000);
      this.#rest = this.#rest.subarray(1000);
      more =
        this.#control?.push(new Uint8Array([...piece].flatMap((byte) => [byte, byte]))) ?? false;
    }
    if (this.#rest.length > 0) return;
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }
}

/** What the doubled bytes were. Output may end between the two. */
export function undouble(bytes: Uint8Array): Uint8Array {
  return bytes.filter((_, index) => index % 2 === 0);
}

/** Answers later, holds back up to 10 bytes until flush, and ends with a trailer. */
export class Holding implements Transformer {
  readonly #later: FactoryOptions["later"];
  #control: TransformControl | undefined;
  #held: Uint8Array = new Uint8Array(0);

  constructor(later: FactoryOptions["later"]) {
    this.#later = later;
  }

  start(control: TransformControl): void {
    this.#control = control;
  }

  transform(block: Uint8Array, done: Done): void {
    const all = concat([this.#held, block]);
    const kept = Math.min(10, all.length);
    this.#held = all.slice(all.length - kept);
    this.#later(() => {
      this.#control?.push(escape(all.subarray(0, all.length - kept)));
      this.#later(() => done());
    });
  }

  flush(done: Done): void {
    this.#later(() => {
      this.#control?.push(escape(this.#held));
      this.#held = new Uint8Array(0);
      done();
    });
  }

  finish(done: Done): void {
    this.flush(() => {
      this.#control?.push(new Uint8Array([TRAILER]));
      done();
    });
  }
}

const TRAILER = 0xff;
const ESCAPE = 0xfe;

function escape(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of bytes) {
    if (byte >= ESCAPE) out.push(ESCAPE, byte - ESCAPE);
    else out.push(byte);
  }
  return new Uint8Array(out);
}

export function unescape(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] as number;
    if (byte === TRAILER) break;
    if (byte === ESCAPE) out.push(ESCAPE + (bytes[++index] as number));
    else out.push(byte);
  }
  return new Uint8Array(out);
}

export function hasTrailer(bytes: Uint8Array): boolean {
  return bytes.at(-1) === TRAILER;
}

import { CompletionWriter, TransformWriter, type AsyncWrite, type Done } from "@aw/core";
import type { FactoryOptions, Subject } from "../src/index.ts";

export type Speed = "sync" | "async" | "slow";

interface Settings {
  speed: Speed;
  capacity: number;
  commits: boolean;
}

/** The smallest transport on the engine: an array, at different speeds. */
class ArrayWriter extends CompletionWriter {
  readonly chunks: Uint8Array[] = [];
  isFinished = false;
  #stalled: (() => void)[] | undefined;
  readonly #settings: Settings;
  readonly #later: FactoryOptions["later"];

  constructor(settings: Settings, later: FactoryOptions["later"]) {
    super({ capacity: settings.capacity, synchronous: settings.speed === "sync" });
    this.#settings = settings;
    this.#later = later;
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
    this.fail(error);
  }

  protected transmit(bytes: Uint8Array, done: Done): void {
    this.#answer(this.#settings.speed, () => {
      this.chunks.push(bytes.slice());
      done();
    });
  }

  protected override commit = (done: Done): void => {
    // Also of a synchronous writer, as of a file that is synced in the background.
    if (this.#settings.commits) this.#answer("slow", done);
    else done();
  };

  protected override finish(done: Done): void {
    this.#answer(this.#settings.speed, () => {
      if (this.state === "failed") return;
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
    const writer = new ArrayWriter(settings, later);
    return {
      writer,
      delivered: () => new Uint8Array(Buffer.concat(writer.chunks)),
      finished: () => writer.isFinished,
      fail: (error) => writer.breakDown(error),
      stall: () => writer.stall(),
      release: () => writer.release(),
      bound: 3 * settings.capacity,
    };
  };
}

const KEY = 0x5a;

/** Turns each byte into one other byte. */
export class XorWriter extends TransformWriter {
  protected readonly label = "xor";

  protected transform(block: Uint8Array, done: Done): void {
    this.push(xor(block));
    done();
  }
}

export function xor(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ KEY);
}

/** Writes each byte twice, a piece at a time, and pauses when there is much output. */
export class DoublingWriter extends TransformWriter {
  protected readonly label = "doubling";
  #rest: Uint8Array = new Uint8Array(0);
  #done: Done | undefined;

  protected transform(block: Uint8Array, done: Done): void {
    this.#rest = block.slice();
    this.#done = done;
    this.resumeTransform();
  }

  protected override resumeTransform(): void {
    let more = true;
    while (more && this.#rest.length > 0) {
      const piece = this.#rest.subarray(0, 1000);
      this.#rest = this.#rest.subarray(1000);
      more = this.push(new Uint8Array([...piece].flatMap((byte) => [byte, byte])));
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
export class HoldingWriter extends TransformWriter {
  protected readonly label = "holding";
  readonly #later: FactoryOptions["later"];
  #held: Uint8Array = new Uint8Array(0);

  constructor(inner: AsyncWrite, later: FactoryOptions["later"], blockSize?: number) {
    super(inner, { blockSize });
    this.#later = later;
  }

  protected transform(block: Uint8Array, done: Done): void {
    const all = new Uint8Array(Buffer.concat([this.#held, block]));
    const kept = Math.min(10, all.length);
    this.#held = all.slice(all.length - kept);
    this.#later(() => {
      this.push(escape(all.subarray(0, all.length - kept)));
      this.#later(() => done());
    });
  }

  protected override flushTransform(done: Done): void {
    this.#later(() => {
      this.push(escape(this.#held));
      this.#held = new Uint8Array(0);
      done();
    });
  }

  protected override finishTransform(done: Done): void {
    this.flushTransform(() => {
      this.push(new Uint8Array([TRAILER]));
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

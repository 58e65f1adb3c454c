import {
  pipe,
  Reader,
  ReadThrough,
  SourceEngine,
  toReader,
  TransformReadEngine,
  type AsyncBufRead,
  type Source,
  type SourceControl,
  type Transformer,
} from "@aw/core";
import { Origin, type ReaderFactoryOptions, type ReaderSubject } from "../src/index.ts";
import { readerConformance } from "../src/vitest.ts";

/** A source that heeds pause, and pushes at once or when the seed says so. */
class QueueSource implements Source {
  taken = 0;
  isStopped = false;
  #control!: SourceControl;
  readonly #steps: (() => void)[] = [];
  #flows = false;
  #moving = false;
  readonly #later: ((step: () => void) => void) | undefined;

  constructor(later?: (step: () => void) => void) {
    this.#later = later;
  }

  start(control: SourceControl): void {
    this.#control = control;
  }

  resume(): void {
    this.#flows = true;
    this.#move();
  }

  pause(): void {
    this.#flows = false;
  }

  destroy(): void {
    this.isStopped = true;
  }

  give(bytes: Uint8Array): void {
    this.#add(() => {
      this.taken += bytes.length;
      this.#control.push(bytes.slice());
    });
  }

  end(): void {
    this.#add(() => this.#control.end());
  }

  fail(error: Error): void {
    this.#add(() => this.#control.fail(error));
  }

  #add(step: () => void): void {
    this.#steps.push(step);
    this.#move();
  }

  #move(): void {
    if (this.#moving) return;
    this.#moving = true;
    if (this.#later === undefined) {
      while (this.#flows && this.#steps.length > 0) this.#steps.shift()?.();
      this.#moving = false;
    } else {
      this.#later(() => {
        this.#moving = false;
        if (!this.#flows) return;
        this.#steps.shift()?.();
        if (this.#steps.length > 0) this.#move();
      });
    }
  }
}

function pushed(speed: "sync" | "slow", wrap = (engine: AsyncBufRead): AsyncBufRead => engine) {
  return ({ later }: ReaderFactoryOptions): ReaderSubject => {
    const source = new QueueSource(speed === "slow" ? later : undefined);
    return {
      reader: wrap(new SourceEngine(source, { capacity: 1000 })),
      give: (bytes) => source.give(bytes),
      end: () => source.end(),
      fail: (error) => source.fail(error),
      taken: () => source.taken,
      bound: 1000 + 64 * 1024,
      isStopped: () => source.isStopped,
    };
  };
}

const supports = { fail: true, bound: true, isStopped: true };

for (const speed of ["sync", "slow"] as const) {
  readerConformance({ name: `SourceEngine (${speed})`, factory: pushed(speed), supports });
}

readerConformance({
  name: "Reader (SourceEngine)",
  factory: pushed("slow", (engine) => new Reader(engine)),
  supports,
});

readerConformance({
  name: "toReader (ReadableStream)",
  factory: () => {
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    let isStopped = false;
    const stream = new ReadableStream<Uint8Array>({
      start: (given) => {
        controller = given;
      },
      cancel: () => {
        isStopped = true;
      },
    });
    return {
      reader: toReader(stream),
      give: (bytes) => controller.enqueue(bytes.slice()),
      end: () => controller.close(),
      isStopped: () => isStopped,
    };
  },
  supports: { isStopped: true },
});

readerConformance({
  name: "toReader (pipe)",
  factory: () => {
    const { writer, readable } = pipe({ capacity: 8 * 1024 * 1024 });
    return {
      reader: toReader(readable),
      give: (bytes) => writer.writeAll(bytes),
      end: () => writer.close(),
      isStopped: () => writer.state === "failed",
    };
  },
  supports: { isStopped: true },
});

readerConformance({
  name: "pipe",
  factory: () => {
    const { writer, reader } = pipe({ capacity: 8 * 1024 * 1024 });
    return {
      reader,
      give: (bytes) => writer.writeAll(bytes),
      end: () => writer.close(),
      isStopped: () => writer.state === "failed",
    };
  },
  supports: { isStopped: true },
});

readerConformance({ name: "Reader", layer: (inner) => ({ reader: new Reader(inner), bound: 0 }) });

readerConformance({
  name: "ReadThrough",
  layer: (inner) => ({ reader: new ReadThrough(inner, "through"), bound: 0 }),
});

readerConformance({
  name: "the kit's own source",
  layer: (inner) => ({ reader: inner, bound: 0 }),
});

/** Makes other bytes of the same number, at once or when the seed says so. */
function xor(later?: (step: () => void) => void): Transformer {
  let push!: (chunk: Uint8Array) => boolean;
  return {
    start: (control) => {
      push = (chunk) => control.push(chunk);
    },
    transform(block, done) {
      const step = (): void => {
        push(block.map((byte) => byte ^ 0x55));
        done();
      };
      if (later === undefined) step();
      else later(step);
    },
  };
}

for (const blockSize of [100, 65_536]) {
  for (const speed of ["sync", "slow"] as const) {
    readerConformance({
      name: `TransformReadEngine (${speed}, ${blockSize})`,
      layer: (inner, { later }) => {
        const transformer = xor(speed === "slow" ? later : undefined);
        const options = { blockSize, firstBlockSize: blockSize, eager: true };
        const reader = new TransformReadEngine(inner, transformer, options);
        return { reader, bound: 64 * 1024 + 2 * blockSize };
      },
      encode: (bytes) => bytes.map((byte) => byte ^ 0x55),
    });
  }
}

readerConformance({
  name: "TransformReadEngine (over SourceEngine)",
  factory: pushed("slow", (engine) => new TransformReadEngine(engine, same(), { eager: true })),
  supports: { ...supports, bound: false },
});

/** Passes blocks on, copied: they are not its own. */
function same(): Transformer {
  let push!: (chunk: Uint8Array) => boolean;
  return {
    start: (control) => {
      push = (chunk) => control.push(chunk);
    },
    transform(block, done) {
      push(block.slice());
      done();
    },
  };
}

readerConformance({
  name: "Origin",
  factory: () => {
    const reader = new Origin();
    return {
      reader,
      give: (bytes) => reader.give(bytes),
      end: () => reader.end(),
      fail: (error) => reader.fail(error),
    };
  },
  supports: { fail: true },
});

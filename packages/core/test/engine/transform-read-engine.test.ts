import {
  AsyncWriteError,
  PENDING,
  Reader,
  SourceEngine,
  toReader,
  TransformReadEngine,
  type Done,
  type Transformer,
  type TransformControl,
  type TransformReadEngineOptions,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, counted, CountingWaker, turn, twice } from "../instruments.ts";
import { ManualSource } from "../reader/source.ts";

/** Doubles each byte, at once or later, and ends with "!". */
class Doubler implements Transformer {
  control!: TransformControl;
  readonly blocks: number[] = [];
  released = 0;
  resumed = 0;
  readonly #later: boolean;

  constructor(later = false) {
    this.#later = later;
  }

  start(control: TransformControl): void {
    this.control = control;
  }

  transform(block: Uint8Array, done: Done): void {
    this.blocks.push(block.length);
    const step = (): void => {
      this.control.push(twice(block));
      done();
    };
    if (this.#later) setImmediate(step);
    else step();
  }

  finish(done: Done): void {
    this.control.push(bytes("!"));
    done();
  }

  resume(): void {
    this.resumed++;
  }

  release(): void {
    this.released++;
  }

  toString(): string {
    return "doubler";
  }
}

function make(transformer: Transformer, options?: TransformReadEngineOptions) {
  const source = new ManualSource();
  const inner = new SourceEngine(source);
  const engine = new TransformReadEngine(inner, transformer, options);
  return { source, inner, engine, reader: new Reader(engine) };
}

describe("TransformReadEngine", () => {
  it.each([false, true])(
    "gives what its transformer makes, then the trailer (later: %s)",
    async (later) => {
      const doubler = new Doubler(later);
      const { reader, source } = make(doubler, { eager: true });
      const all = reader.text();
      await turn();
      for (const text of ["ab", "c"]) {
        source.control.push(bytes(text));
        await turn();
      }
      source.control.end();
      expect(await all).toBe("aabbcc!");
      expect(doubler.released).toBe(1);
      expect([doubler.control.bytesIn, doubler.control.bytesOut]).toEqual([3, 7]);
      expect(String(reader)).toBe("doubler < manual");
    },
  );

  it("gathers small pieces, and does not wait for more when it is eager", async () => {
    for (const eager of [true, false]) {
      const doubler = new Doubler();
      const { reader, source } = make(doubler, { blockSize: 10, eager });
      source.ready = ["a", "b", "c"].map(bytes);
      const first = reader.read();
      await turn();
      expect(doubler.blocks).toEqual(eager ? [3] : []);
      source.control.push(counted(25));
      await first;
      source.control.end();
      await reader.readAll();
      expect(doubler.blocks).toEqual(eager ? [3, 10, 10, 5] : [10, 10, 8]);
    }
  });

  it.each([
    [{ eager: true }, 0],
    [{ eager: true, flushOnIdle: true }, 1],
  ])("flushes while the inner reader idles only if told so: %o", async (options, expected) => {
    let flushes = 0;
    class Flushing extends Doubler {
      flush(done: Done): void {
        flushes++;
        done();
      }
    }
    const { source, reader } = make(new Flushing(), options);
    source.ready = [bytes("a")];
    expect(await reader.read()).toEqual(bytes("aa"));
    const next = reader.read();
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(flushes).toBe(expected);
    source.control.push(bytes("b"));
    expect(await next).toEqual(bytes("bb"));
  });

  it("makes blocks larger while they fill, up to the size that they may have", async () => {
    const doubler = new Doubler();
    const small = toReader(Array.from({ length: 256 }, () => counted(1024)));
    const options = { blockSize: 65_536, firstBlockSize: 4096 };
    await new Reader(new TransformReadEngine(small, doubler, options)).readAll();
    expect(doubler.blocks).toEqual([4096, 16_384, 65_536, 65_536, 65_536, 45_056]);
  });

  it("transforms large chunks where they are, and keeps them as long as they are kept", async () => {
    const chunk = counted(50_000);
    const seen: Uint8Array[] = [];
    let control!: TransformControl;
    const { reader, source } = make({
      start: (given) => void (control = given),
      transform(block, done) {
        seen.push(block);
        control.keepBlock()();
        done();
      },
    });
    source.ready = [bytes("small"), chunk];
    const reading = reader.readAll();
    await turn();
    source.control.end();
    await reading;
    expect(seen.map((block) => block.length)).toEqual([5, 50_000]);
    expect(seen[1]?.buffer).toBe(chunk.buffer);
  });

  it("keeps a gathered block valid while its transformer keeps it", async () => {
    const kept: Uint8Array[] = [];
    let control!: TransformControl;
    const { reader, source } = make(
      {
        start: (given) => void (control = given),
        transform(block, done) {
          control.keepBlock();
          kept.push(block);
          done();
        },
      },
      { blockSize: 4 },
    );
    source.ready = [counted(8)];
    const reading = reader.readAll();
    await turn();
    source.control.end();
    await reading;
    expect(kept).toEqual([counted(4), Uint8Array.of(4, 5, 6, 7)]);
  });

  it("polls its inner reader no more while its output waits", async () => {
    const doubler = new Doubler();
    const { engine, source } = make(doubler);
    source.ready = Array.from({ length: 20 }, () => counted(60_000));
    const waker = new CountingWaker();
    expect(engine.pollFillBuf(waker)).toHaveLength(120_000);
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(doubler.blocks).toHaveLength(1);
    engine.consume(120_000);
    await turn();
    expect(doubler.blocks).toHaveLength(2);
  });

  it("lets a step that paused go on when its output is taken, too", () => {
    let resumed = 0;
    let control!: TransformControl;
    const { engine, source } = make({
      start: (given) => void (control = given),
      transform() {
        for (let index = 0; index < 5; index++) control.push(counted(65_536));
      },
      resume: () => void resumed++,
    });
    source.ready = [counted(20_000)];
    const waker = new CountingWaker();
    const taken: number[] = [];
    for (let take = 0; take < 5; take++) {
      const chunk = engine.pollTake(waker) as Uint8Array;
      taken.push(chunk.length, resumed);
    }
    expect(taken).toEqual([65_536, 0, 65_536, 0, 65_536, 0, 65_536, 1, 65_536, 1]);
  });

  it("asks a step to pause beyond 256 KiB of output, and to go on", () => {
    const pushed: boolean[] = [];
    let resumed = 0;
    let control!: TransformControl;
    const { engine, source } = make({
      start: (given) => void (control = given),
      transform() {
        for (let index = 0; index < 5; index++) pushed.push(control.push(counted(65_536)));
      },
      resume: () => void resumed++,
    });
    source.ready = [counted(70_000)];
    engine.pollFillBuf(new CountingWaker());
    expect(pushed).toEqual([true, true, true, true, false]);
    for (let index = 0; index < 3; index++) engine.consume(65_536);
    expect(resumed).toBe(0);
    engine.consume(65_536);
    expect(resumed).toBe(1);
  });

  it("tells a failure of the inner reader as it is, after what came before", async () => {
    const doubler = new Doubler();
    const { reader, source, inner } = make(doubler);
    source.ready = [bytes("a")];
    const reading = reader.read();
    await turn();
    source.control.fail(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
    expect(await reading).toEqual(bytes("aa"));
    const failure = await reader.read().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    expect(() => inner.pollFillBuf(new CountingWaker())).toThrow("gone");
    expect(doubler.released).toBe(1);
  });

  it("tells a failure of its transformer after the output before it, and leaves the inner reader", async () => {
    const corrupt = new AsyncWriteError("ERR_AW_CORRUPT", "no such format");
    let control!: TransformControl;
    const { reader, source } = make({
      start: (given) => void (control = given),
      transform(_block, done) {
        control.push(bytes("good"));
        done(corrupt);
      },
    });
    source.ready = [counted(70_000)];
    expect(await reader.read()).toEqual(bytes("good"));
    expect(await reader.read().catch((error: unknown) => error)).toBe(corrupt);
    expect(source.calls).not.toContain("destroy ERR_AW_CORRUPT");
  });

  it("fails once its transformer says so outside of a step, after the output before it", async () => {
    const doubler = new Doubler();
    const { reader, source } = make(doubler, { eager: true });
    const waiting = reader.read();
    await turn();
    const failure = doubler.control.fail(Object.assign(new Error("gone"), { code: "EPIPE" }));
    expect(failure).toMatchObject({ code: "ERR_AW_BROKEN_PIPE", cause: { message: "gone" } });
    expect(failure.message).toContain("doubler < manual");
    expect(doubler.control.fail(new Error("second"))).toBe(failure);
    expect(await waiting.catch((error: unknown) => error)).toBe(failure);
    expect([doubler.released, doubler.control.push(bytes("late"))]).toEqual([1, true]);
    expect(doubler.control.bytesOut).toBe(0);
    expect(source.calls).toEqual(["resume"]);
  });

  it("refuses to consume what it has not shown", () => {
    const engine = new TransformReadEngine(toReader([bytes("ab")]), new Doubler());
    const waker = new CountingWaker();
    expect(engine.pollFillBuf(waker)).toEqual(bytes("aabb"));
    for (const amount of [5, -1, 1.5, NaN]) {
      expect(() => engine.consume(amount)).toThrow(
        expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
      );
    }
    engine.consume(1);
    expect(engine.pollFillBuf(waker)).toEqual(bytes("abb"));
  });

  it("aborts its inner reader, and drops its output", async () => {
    const doubler = new Doubler();
    const { reader, source } = make(doubler, { eager: true });
    source.ready = [bytes("a")];
    await reader.peek(1);
    reader.abort("enough");
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    expect(source.calls).toContain("destroy ERR_AW_ABORTED");
    expect(doubler.released).toBe(1);
  });

  /** Holds all that it is given until a flush, and notes its steps. */
  function holder({ inOneStep = true } = {}): Transformer & { readonly steps: string[] } {
    let control!: TransformControl;
    let held = "";
    const steps: string[] = [];
    const put = (mark: string, done: Done): void => {
      control.push(bytes(held + mark));
      held = "";
      done();
    };
    return {
      steps,
      start: (given) => void (control = given),
      transform(block, done) {
        steps.push(`transform ${block.length}`);
        held += new TextDecoder().decode(block);
        done();
      },
      ...(inOneStep && {
        transformAndFlush(block: Uint8Array, done: Done) {
          steps.push(`transform and flush ${block.length}`);
          held += new TextDecoder().decode(block);
          put("|", done);
        },
      }),
      flush(done) {
        steps.push("flush");
        put("|", done);
      },
      finish: (done) => put("$", done),
    };
  }

  it.each([true, false])(
    "flushes what came once its source idles, and only then (in one step: %s)",
    async (inOneStep) => {
      const transformer = holder({ inOneStep });
      const { reader, source } = make(transformer, { flushOnIdle: true });
      source.ready = [bytes("ab"), bytes("c")];
      expect(await reader.read()).toEqual(bytes("abc|"));
      for (let turns = 0; turns < 3; turns++) await turn();
      source.control.push(bytes("d"));
      expect(await reader.read()).toEqual(bytes("d|"));
      source.control.end();
      expect(await reader.text()).toBe("$");
      expect(transformer.steps).toEqual(
        inOneStep
          ? ["transform and flush 3", "transform and flush 1"]
          : ["transform 3", "flush", "transform 1", "flush"],
      );
    },
  );

  it("flushes blocks that were full, too", async () => {
    const transformer = holder();
    const { reader, source } = make(transformer, { flushOnIdle: true, blockSize: 4 });
    source.ready = [bytes("abcd")];
    expect(await reader.read()).toEqual(bytes("abcd|"));
    expect(transformer.steps).toEqual(["transform 4", "flush"]);
    source.control.end();
    expect(await reader.text()).toBe("$");
  });

  it("does not flush while something comes in each turn, or while output waits to be read", async () => {
    const transformer = holder();
    const { engine, source } = make(transformer, { flushOnIdle: true });
    engine.pollFillBuf(new CountingWaker());
    for (let turns = 0; turns < 5; turns++) {
      // After the check of the turn before, and before that of this one.
      source.control.push(bytes("x"));
      await turn();
    }
    expect(transformer.steps).toEqual([]);
    while (engine.pollFillBuf(new CountingWaker()) === PENDING) await turn();
    source.control.push(bytes("y"));
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(transformer.steps).toEqual(["transform and flush 5"]);
    engine.consume(6);
    while (engine.pollFillBuf(new CountingWaker()) === PENDING) await turn();
    expect(transformer.steps).toEqual(["transform and flush 5", "transform and flush 1"]);
  });

  it("flushes what came before its inner reader failed", async () => {
    const transformer = holder();
    const { reader, source } = make(transformer);
    const first = reader.read();
    source.control.push(bytes("abc"));
    source.control.fail(new AsyncWriteError("ERR_AW_TRUNCATED", "cut off"));
    expect(await first).toEqual(bytes("abc|"));
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
    expect(transformer.steps).toEqual(["transform 3", "flush"]);
  });

  it("goes on with no more than a block while output waits, however little it makes of it", async () => {
    let blocks = 0;
    let control!: TransformControl;
    const { engine, source } = make(
      {
        start: (given) => void (control = given),
        transform(_block, done) {
          // Nothing of two blocks, then one byte of each.
          if (++blocks > 2) control.push(bytes("."));
          done();
        },
      },
      { blockSize: 20_000 },
    );
    source.ready = Array.from({ length: 20 }, () => counted(20_000));
    while (engine.pollFillBuf(new CountingWaker()) === PENDING) await turn();
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(blocks).toBe(3);
    engine.consume(1);
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(blocks).toBe(4);
    engine.abort();
  });

  it("gathers what a source gives in one turn, although it gives it piece by piece", async () => {
    const doubler = new Doubler();
    const pieces = ["a", "b", "c"];
    const engine = new TransformReadEngine(toReader(pieces), doubler, { eager: true });
    expect(await new Reader(engine).text()).toBe("aabbcc!");
    expect(doubler.blocks).toEqual([3]);
  });

  it("gathers chunks up to the size of the first block that it was given", async () => {
    const doubler = new Doubler();
    const { reader, source } = make(doubler, { blockSize: 100_000, firstBlockSize: 100_000 });
    source.ready = [counted(40_000), counted(40_000), counted(120_000)];
    const reading = reader.readAll();
    await turn();
    source.control.end();
    await reading;
    expect(doubler.blocks).toEqual([80_000, 100_000, 20_000]);
  });

  it("works over a reader that gives no chunks away", async () => {
    const reader = new Reader(new TransformReadEngine(toReader([counted(100_000)]), new Doubler()));
    expect(await reader.readAll()).toHaveLength(200_001);
  });

  /** Passes blocks on as they are. */
  function copier(): Transformer {
    let control!: TransformControl;
    return {
      start: (given) => void (control = given),
      transform(block, done) {
        control.push(block.slice());
        done();
      },
    };
  }

  it("transforms large chunks piece by piece, each to its end before the next one", async () => {
    const { reader, source } = make(copier(), { blockSize: 20_000 });
    source.ready = [counted(50_000), counted(50_001), counted(7), counted(50_000)];
    const reading = reader.readAll();
    await turn();
    source.control.end();
    const expected = Buffer.concat([50_000, 50_001, 7, 50_000].map(counted));
    expect(Buffer.compare(await reading, expected)).toBe(0);
  });

  it("copies large chunks of a reader that gives none away", async () => {
    let left = counted(50_000);
    const inner = {
      pollFillBuf: () => left,
      consume: (amount: number) => void (left = left.subarray(amount)),
    };
    const reader = new Reader(new TransformReadEngine(inner, copier()));
    expect(await reader.readAll()).toEqual(counted(50_000));
  });

  it("leaves a block alone that is in use when it is aborted", async () => {
    let inUse: Uint8Array | undefined;
    const { reader, source } = make(
      { transform: (block) => void (inUse = block) },
      { eager: true },
    );
    source.ready = [bytes("in use")];
    const reading = reader.read().catch(() => {});
    while (inUse === undefined) await turn();
    reader.abort();
    await reading;
    // Whoever gathers next takes memory of the same pool.
    const others = Array.from({ length: 8 }, () => make(copier(), { eager: true }));
    for (const other of others) {
      other.source.ready = [bytes("another")];
      await other.reader.peek(1);
    }
    expect(inUse).toEqual(bytes("in use"));
  });

  it("lets timers run while a transformer of an endless reader makes nothing of it", async () => {
    let fired = false;
    const block = counted(8192);
    const endless = { pollFillBuf: () => block, consume() {}, abort() {} };
    const engine = new TransformReadEngine(endless, { transform: (_block, done) => done() });
    expect(engine.pollFillBuf(new CountingWaker())).toBe(PENDING);
    setTimeout(() => {
      fired = true;
    }, 1);
    while (!fired) await turn();
    engine.abort();
  });
});

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
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, counted, CountingWaker, turn } from "../instruments.ts";
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
      this.control.push(
        Uint8Array.from({ length: 2 * block.length }, (_, i) => block[i >> 1] ?? 0),
      );
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

function make(transformer: Transformer, options?: { blockSize?: number; eager?: boolean }) {
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

  it("works over a reader that gives no chunks away", async () => {
    const reader = new Reader(new TransformReadEngine(toReader([counted(100_000)]), new Doubler()));
    expect(await reader.readAll()).toHaveLength(200_001);
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

import { CompletionEngine, copy, PENDING, Reader, SourceEngine, toReader, Writer } from "@aw/core";
import type { Destination, Done } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, counted, CountingWaker, turn } from "../instruments.ts";
import { ManualSource } from "../reader/source.ts";

const KIB = 1024;

/** A kernel that keeps what it is handed, as it is, and that has room or has none. */
class Kernel implements Destination {
  readonly handed: Uint8Array[] = [];
  /** What that was at the time: slabs are used again. */
  received: Buffer = Buffer.alloc(0);
  hasRoom = true;
  fault: Error | undefined;
  answer: Done | undefined;

  transmit(data: Uint8Array, done: Done): void {
    this.#take(data);
    this.answer = done;
  }

  transmitAtOnce(data: Uint8Array): boolean {
    if (this.fault !== undefined) throw this.fault;
    this.#take(data);
    return this.hasRoom;
  }

  whenTransmitted(done: Done): void {
    this.answer = done;
  }

  #take(data: Uint8Array): void {
    this.handed.push(data);
    this.received = Buffer.concat([this.received, data]);
  }
}

/** All that it was handed, one after the other. */
function lengths({ handed }: Kernel): number[] {
  return handed.map(({ length }) => length);
}

describe("a chunk that an engine adopts", () => {
  it("leaves as it is", () => {
    const kernel = new Kernel();
    const engine = new CompletionEngine(kernel);
    const chunk = counted(20 * KIB);
    expect(engine.adopt(chunk)).toBe(true);
    expect(kernel.handed[0]).toBe(chunk);
    expect([engine.isIdle, engine.pollFlush(new CountingWaker())]).toEqual([true, undefined]);
  });

  it.each([
    ["at once", 20 * KIB],
    ["with a callback, as much at a time does", 100 * KIB],
  ])("is in flight until it has left, %s", (_how, size) => {
    const kernel = new Kernel();
    kernel.hasRoom = false;
    const engine = new CompletionEngine(kernel);
    const waker = new CountingWaker();
    expect(engine.adopt(counted(size))).toBe(true);
    expect([engine.hasUnsent, engine.isIdle, engine.adopts(1)]).toEqual([true, false, false]);
    expect(engine.pollFlush(waker)).toBe(PENDING);
    // What comes after it waits for it.
    expect(engine.pollWrite(waker, bytes("more"))).toBe(4);
    expect(lengths(kernel)).toEqual([size]);
    kernel.hasRoom = true;
    kernel.answer?.();
    expect(waker.wakes).toBe(1);
    expect(engine.pollFlush(waker)).toBe(undefined);
    expect(lengths(kernel)).toEqual([size, 4]);
  });

  it("is refused while it would overtake, and by who does not send at once", () => {
    const chunk = counted(20 * KIB);
    const gathering = new CompletionEngine(new Kernel());
    gathering.pollWrite(new CountingWaker(), bytes("first"));
    expect(gathering.adopt(chunk)).toBe(false);
    const closing = new CompletionEngine(new Kernel());
    closing.pollClose(new CountingWaker());
    expect(closing.adopt(chunk)).toBe(false);
    expect(new CompletionEngine(new Kernel(), { capacity: KIB }).adopt(chunk)).toBe(false);
    const slow = new CompletionEngine({ transmit: (_bytes, done) => done() });
    expect(slow.adopt(chunk)).toBe(false);
  });

  it("fails the engine with what the destination throws", () => {
    const kernel = new Kernel();
    kernel.fault = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    const engine = new CompletionEngine(kernel);
    const broken = expect.objectContaining({ code: "ERR_AW_BROKEN_PIPE" });
    expect(() => engine.adopt(counted(KIB))).toThrow(broken);
    expect(() => engine.pollFlush(new CountingWaker())).toThrow(broken);
  });
});

describe("copy into a writer that adopts", () => {
  function copying(kernel: Kernel) {
    const source = new ManualSource();
    const writer = new Writer(new CompletionEngine(kernel));
    const copied = copy(new Reader(new SourceEngine(source)), writer);
    return { source, writer, copied };
  }

  it("passes a large chunk on as it came, and gathers small ones", async () => {
    const kernel = new Kernel();
    const { source, copied } = copying(kernel);
    const large = counted(64 * KIB);
    source.control.push(large);
    await turn();
    expect(kernel.handed).toEqual([large]);
    expect(kernel.handed[0]?.buffer).toBe(large.buffer);
    source.control.push(bytes("a"));
    source.control.push(bytes("b"));
    source.control.end();
    expect(await copied).toBe(64 * KIB + 2);
    expect(lengths(kernel)).toEqual([64 * KIB, 2]);
  });

  it("passes a small chunk on as it came, if no other came with it", async () => {
    const kernel = new Kernel();
    const { source, copied } = copying(kernel);
    await turn();
    const small = bytes("hello");
    source.control.push(small);
    await turn();
    expect(kernel.handed[0]).toBe(small);
    source.control.end();
    expect(await copied).toBe(5);
    expect(lengths(kernel)).toEqual([5]);
  });

  it("gathers small chunks that come together, also before a failure", async () => {
    const kernel = new Kernel();
    const { source, copied } = copying(kernel);
    const failed = expect(copied).rejects.toMatchObject({
      bytesWritten: 3,
      message: "manual: cut",
    });
    await turn();
    source.control.push(bytes("a"));
    source.control.push(bytes("b"));
    await turn();
    expect(lengths(kernel)).toEqual([2]);
    source.control.push(bytes("c"));
    source.control.fail(new Error("cut"));
    await failed;
    await turn();
    expect(kernel.received.toString()).toBe("abc");
  });

  it("reads the next chunk only when the last one was accepted", async () => {
    const kernel = new Kernel();
    const writer = new Writer(new CompletionEngine(kernel));
    function* talking(): Generator<Uint8Array> {
      yield bytes("a");
      void writer.writeAll("b");
      yield bytes("c");
    }
    await copy(toReader(talking()), writer);
    expect(kernel.received.toString()).toBe("abc");
  });

  it("copies what it can't pass on, in order, and waits for all to have left", async () => {
    const kernel = new Kernel();
    kernel.hasRoom = false;
    const { source, copied } = copying(kernel);
    const chunks = [counted(20 * KIB), counted(30 * KIB), counted(40 * KIB)];
    for (const chunk of chunks) source.control.push(chunk.slice());
    source.control.end();
    await turn();
    expect(lengths(kernel)).toEqual([20 * KIB]);
    for (let answers = 0; answers < 3; answers++) {
      kernel.answer?.();
      await turn();
    }
    expect(await copied).toBe(90 * KIB);
    expect(kernel.received).toEqual(Buffer.concat(chunks));
  });

  it("lets what others write go first", async () => {
    const kernel = new Kernel();
    const { source, writer, copied } = copying(kernel);
    await turn();
    const large = counted(20 * KIB);
    source.control.push(large);
    const written = writer.writeAll("before");
    source.control.end();
    await Promise.all([written, copied]);
    expect(kernel.received).toEqual(Buffer.concat([bytes("before"), large]));
  });

  it("fails with the writer, and says how much was accepted", async () => {
    const kernel = new Kernel();
    kernel.hasRoom = false;
    const { source, copied } = copying(kernel);
    const failed = expect(copied).rejects.toMatchObject({
      code: "ERR_AW_BROKEN_PIPE",
      bytesWritten: 20 * KIB,
    });
    source.control.push(counted(20 * KIB));
    await turn();
    kernel.answer?.(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    await failed;
    expect(source.calls.at(-1)).toBe("destroy ERR_AW_ABORTED");
  });
});

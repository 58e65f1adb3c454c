import { CompletionEngine, copy, PENDING, Reader, SourceEngine, Writer } from "@aw/core";
import type { Destination, Done, SourceControl } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, turn } from "../instruments.ts";

/** A kernel that has room, or has none and says later when the bytes have left. */
class Kernel implements Destination {
  readonly calls: string[] = [];
  hasRoom = true;
  answer: Done | undefined;

  transmit(data: Uint8Array, done: Done): void {
    this.calls.push(`transmit ${data.length}`);
    this.answer = done;
  }

  transmitAtOnce(data: Uint8Array): boolean {
    this.calls.push(`at once ${data.length}`);
    return this.hasRoom;
  }

  whenTransmitted(done: Done): void {
    this.calls.push("when transmitted");
    this.answer = done;
  }
}

describe("a destination that takes bytes at once", () => {
  it("has them without a callback, and a flush is ready then", async () => {
    const kernel = new Kernel();
    const writer = new Writer(new CompletionEngine(kernel));
    await writer.writeAll("hello");
    expect(writer.pollFlush(new CountingWaker())).toBe(undefined);
    expect(kernel.calls).toEqual(["at once 5"]);
    await writer.writeAll("again");
    await turn();
    expect(kernel.calls).toEqual(["at once 5", "at once 5"]);
    await writer.close();
  });

  it("is asked when they have left, if they have not", async () => {
    const kernel = new Kernel();
    kernel.hasRoom = false;
    const engine = new CompletionEngine(kernel);
    const waker = new CountingWaker();
    expect(engine.pollWrite(waker, bytes("hello"))).toBe(5);
    expect(engine.pollFlush(waker)).toBe(PENDING);
    expect(engine.pollWrite(waker, bytes("more"))).toBe(4);
    expect(kernel.calls).toEqual(["at once 5", "when transmitted"]);
    kernel.hasRoom = true;
    kernel.answer?.();
    expect(kernel.calls).toEqual(["at once 5", "when transmitted", "at once 4"]);
    expect(waker.wakes).toBe(1);
    expect(engine.pollFlush(waker)).toBe(undefined);
  });

  it("has its bytes for itself until they have left", () => {
    const handed: Uint8Array[] = [];
    const kernel = new Kernel();
    kernel.hasRoom = false;
    kernel.transmitAtOnce = (data) => {
      handed.push(data);
      return false;
    };
    const engine = new CompletionEngine(kernel);
    const waker = new CountingWaker();
    engine.pollWrite(waker, bytes("hello"));
    engine.pollFlush(waker);
    for (let writes = 0; writes < 100; writes++) engine.pollWrite(waker, bytes("more!"));
    expect(handed).toEqual([bytes("hello")]);
  });

  it("fails with what that answers", () => {
    const kernel = new Kernel();
    kernel.hasRoom = false;
    const engine = new CompletionEngine(kernel);
    engine.pollWrite(new CountingWaker(), bytes("hello"));
    engine.pollFlush(new CountingWaker());
    kernel.answer?.(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    expect(() => engine.pollFlush(new CountingWaker())).toThrow(
      expect.objectContaining({ code: "ERR_AW_BROKEN_PIPE" }),
    );
  });

  it("gets much at a time with a callback", async () => {
    const kernel = new Kernel();
    const writer = new Writer(new CompletionEngine(kernel));
    const written = writer.writeAll(new Uint8Array(100_000)).then(() => writer.flush());
    await turn();
    expect(kernel.calls).toEqual(["transmit 100000"]);
    kernel.answer?.();
    await written;
  });

  it("has what a copy wrote once the reader has nothing more, without a flush", async () => {
    const kernel = new Kernel();
    let source: SourceControl | undefined;
    const reader = new Reader(new SourceEngine({ start: (control) => void (source = control) }));
    const copied = copy(reader, new Writer(new CompletionEngine(kernel)));
    source?.push(bytes("one"));
    source?.push(bytes("two"));
    await Promise.resolve();
    await Promise.resolve();
    expect(kernel.calls).toEqual(["at once 6"]);
    source?.end();
    expect(await copied).toBe(6);
  });
});

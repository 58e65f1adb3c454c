import { CompletionEngine, copy, Reader, SourceEngine, toReader, Writer } from "@aw/core";
import type { Destination, Done } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, counted, turn } from "../instruments.ts";
import { ManualSource } from "../reader/source.ts";

const KIB = 1024;

/** A kernel that has room or has none. */
class Kernel implements Destination {
  /** How many bytes it was handed, each time. */
  readonly handed: number[] = [];
  /** What that was: slabs are used again. */
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
    this.handed.push(data.length);
    this.received = Buffer.concat([this.received, data]);
  }
}

describe("copy into a writer whose bytes leave at once", () => {
  function copying(kernel: Kernel) {
    const source = new ManualSource();
    const writer = new Writer(new CompletionEngine(kernel));
    const copied = copy(new Reader(new SourceEngine(source)), writer);
    return { source, writer, copied };
  }

  it("sends what came together in one piece, and does not wait for more", async () => {
    const kernel = new Kernel();
    const { source, copied } = copying(kernel);
    const large = counted(64 * KIB);
    source.control.push(large);
    await turn();
    expect(kernel.received).toEqual(Buffer.from(large));
    source.control.push(bytes("a"));
    source.control.push(bytes("b"));
    source.control.end();
    expect(await copied).toBe(64 * KIB + 2);
    expect(kernel.handed).toEqual([64 * KIB, 2]);
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
    expect(kernel.handed).toEqual([2]);
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

  it("keeps the order while nothing leaves, and waits for all to have left", async () => {
    const kernel = new Kernel();
    kernel.hasRoom = false;
    const { source, copied } = copying(kernel);
    const chunks = [counted(20 * KIB), counted(30 * KIB), counted(40 * KIB)];
    for (const chunk of chunks) source.control.push(chunk.slice());
    source.control.end();
    await turn();
    expect(kernel.handed).toEqual([64 * KIB]);
    for (let answers = 0; answers < 2; answers++) {
      kernel.answer?.();
      await turn();
    }
    expect(await copied).toBe(90 * KIB);
    expect(kernel.handed).toEqual([64 * KIB, 26 * KIB]);
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

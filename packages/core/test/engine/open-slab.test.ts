import {
  CompletionEngine,
  Writer,
  type CompletionEngineOptions,
  type Destination,
  type Done,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, counted, turn } from "../instruments.ts";

const CAPACITY = 4096;

/** Takes everything at once. */
class Ready implements Destination {
  readonly sent: Uint8Array[] = [];

  transmit(data: Uint8Array, done: Done): void {
    this.sent.push(data.slice());
    done();
  }
}

class Synchronous extends Ready {
  transmitNow(data: Uint8Array): number {
    this.sent.push(data.slice());
    return data.length;
  }
}

const KINDS: readonly [string, new () => Ready, CompletionEngineOptions][] = [
  ["copies", Ready, {}],
  ["lends", Ready, { lend: { from: 16 * 1024, atMost: 20 * 1024 } }],
  ["bypasses the slab", Synchronous, {}],
];

/** Whatever opened a slab last: nothing may stay behind because it is open and empty. */
const BEFORE: readonly [string, (writer: Writer) => Promise<unknown> | number][] = [
  ["a string too large for a slab", (writer) => writer.writeAll("x".repeat(20_000))],
  ["large bytes", (writer) => writer.writeAll(counted(20_000))],
  ["bytes that fill a slab exactly", (writer) => writer.writeAll(counted(CAPACITY))],
  [
    "a list that fills a slab exactly, with an empty buffer after it",
    (writer) =>
      writer.pollVectoredWrite(new CountingWaker(), [
        bytes("a"),
        counted(CAPACITY - 1),
        new Uint8Array(0),
      ]) as number,
  ],
];

describe.each(KINDS)("a CompletionEngine that %s", (_kind, Kind, options) => {
  const setUp = () => {
    const to = new Kind();
    return { to, writer: new Writer(new CompletionEngine(to, { capacity: CAPACITY, ...options })) };
  };

  it.each(BEFORE)("sends a small write at the end of the turn after %s", async (_name, before) => {
    const { to, writer } = setUp();
    await before(writer);
    await turn();
    const length = to.sent.reduce((sum, { length: sent }) => sum + sent, 0);
    for (const text of ["small", "another"]) {
      await writer.writeAll(text);
      await turn();
    }
    const all = Buffer.concat(to.sent);
    expect(all.subarray(length).toString()).toBe("smallanother");
  });

  it("sends what a list has behind a slab that it filled", async () => {
    const { to, writer } = setUp();
    writer.pollVectoredWrite(new CountingWaker(), [counted(CAPACITY), bytes("small")]);
    await turn();
    expect(Buffer.concat(to.sent).subarray(CAPACITY).toString()).toBe("small");
  });

  it("sends it, too, if it comes in the same turn", async () => {
    const { to, writer } = setUp();
    await writer.writeAll("x".repeat(20_000));
    await writer.writeAll("small");
    await turn();
    expect(Buffer.concat(to.sent).subarray(20_000).toString()).toBe("small");
  });
});

import { CompletionWriter, type CompletionWriterOptions, type Done } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, counted, turn } from "../instruments.ts";

const CAPACITY = 4096;

/** Takes everything at once. */
class EagerWriter extends CompletionWriter {
  readonly sent: Uint8Array[] = [];

  constructor(options: CompletionWriterOptions) {
    super({ capacity: CAPACITY, ...options });
  }

  protected transmit(data: Uint8Array, done: Done): void {
    this.sent.push(data.slice());
    done();
  }
}

const KINDS: readonly [string, CompletionWriterOptions][] = [
  ["copies", {}],
  ["lends", { lend: { from: 16 * 1024, atMost: 20 * 1024 } }],
  ["bypasses the slab", { synchronous: true }],
];

/** Whatever opened a slab last: nothing may stay behind because it is open and empty. */
const BEFORE: readonly [string, (writer: EagerWriter) => Promise<unknown> | number][] = [
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

describe.each(KINDS)("a CompletionWriter that %s", (_kind, options) => {
  it.each(BEFORE)("sends a small write at the end of the turn after %s", async (_name, before) => {
    const writer = new EagerWriter(options);
    await before(writer);
    await turn();
    const length = writer.sent.reduce((sum, { length: sent }) => sum + sent, 0);
    for (const text of ["small", "another"]) {
      await writer.writeAll(text);
      await turn();
    }
    const all = Buffer.concat(writer.sent);
    expect(all.subarray(length).toString()).toBe("smallanother");
  });

  it("sends it, too, if it comes in the same turn", async () => {
    const writer = new EagerWriter(options);
    await writer.writeAll("x".repeat(20_000));
    await writer.writeAll("small");
    await turn();
    expect(Buffer.concat(writer.sent).subarray(20_000).toString()).toBe("small");
  });
});

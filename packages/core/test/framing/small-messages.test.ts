import { framed, lengthDelimited, memory, toReader, unframed } from "@aw/core";
import { describe, expect, it } from "vitest";
import { SmallCopies } from "../../src/slab/small-copies.ts";
import { counted } from "../instruments.ts";

describe("small messages", () => {
  it("are copies in memory of their own, many in one block", async () => {
    const target = memory();
    const out = framed(target, lengthDelimited());
    const sizes = [0, 1, 64, 65, 100, 1024, 1025, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000];
    for (const size of sizes) await out.send(counted(size));
    await out.close();
    const source = target.bytes();
    const messages: Uint8Array[] = [];
    for await (const message of unframed(toReader(source), lengthDelimited()))
      messages.push(message);
    source.fill(0);
    expect(messages.map(({ length }) => length)).toEqual(sizes);
    for (const message of messages) {
      expect(message).toEqual(counted(message.length));
      expect(message.constructor).toBe(Uint8Array);
      message.fill(0xff); // the others do not change
    }
    const small = messages.filter(({ length }) => SmallCopies.suits(length));
    // The first block may have been begun by others.
    expect(new Set(small.map(({ buffer }) => buffer)).size).toBeLessThanOrEqual(3);
    const others = messages.filter(({ length }) => !SmallCopies.suits(length));
    expect(others.every(({ length, buffer }) => buffer.byteLength === length)).toBe(true);
  });
});

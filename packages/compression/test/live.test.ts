import { memory, type MemoryWriter, type Writer } from "@aw/core";
import { describe, expect, it } from "vitest";
import { codecs } from "./codecs.ts";

/** Waits for so many bytes; a hang runs into the test's time limit. */
async function arrival(target: MemoryWriter, length: number): Promise<void> {
  while (target.length < length) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(codecs)("a live stream of $name", ({ encode, decode }) => {
  it.each<[string, (decoder: Writer, piece: Uint8Array) => unknown]>([
    ["awaited writes", (decoder, piece) => decoder.writeAll(piece)],
    ["polls that nobody follows up", (decoder, piece) => decoder.tryWrite(piece)],
  ])("goes on without a flush of its decoder, after %s", async (_name, write) => {
    const wire = memory();
    const source = encode(wire);
    const target = memory();
    const decoder = decode(target);
    let sent = 0;
    for (let event = 1; event <= 5; event++) {
      await source.writeAll(`event ${event}\n`);
      await source.flush();
      await write(decoder, wire.bytes().subarray(sent));
      sent = wire.length;
      await arrival(target, "event 1\n".length * event);
      expect(target.text().endsWith(`event ${event}\n`)).toBe(true);
    }
    await source.close();
    await decoder.writeAll(wire.bytes().subarray(sent));
    await decoder.close();
  });
});

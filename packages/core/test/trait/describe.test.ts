import {
  cursor,
  limit,
  memory,
  Reader,
  sink,
  toWriter,
  type AsyncBufRead,
  type AsyncWrite,
} from "@aw/core";
import { describe, expect, it } from "vitest";

class Mine implements AsyncWrite, AsyncBufRead {
  pollWrite(): number {
    return 0;
  }

  pollVectoredWrite(): number {
    return 0;
  }

  pollFlush(): void {}

  pollClose(): void {}

  pollFillBuf(): Uint8Array {
    return new Uint8Array(0);
  }

  consume(): void {}
}

/** The same methods, on an object of another kind. */
function asMine(object: object): Mine {
  const all = Object.getOwnPropertyDescriptors(Mine.prototype) as PropertyDescriptorMap;
  const { constructor: _, ...methods } = all;
  return Object.defineProperties(object, methods) as Mine;
}

describe("what messages call a writer or a reader", () => {
  it.each<[string, string, Mine]>([
    ["its own text", "mine", asMine({ toString: () => "mine" })],
    ["its class", "Mine", new Mine()],
    ["a plain object", "writer", asMine({})],
    ["an object without a prototype", "writer", asMine(Object.create(null) as object)],
    ["an object of no class", "writer", asMine({ constructor: undefined })],
  ])("%s: %s", (_what, name, target) => {
    expect(String(toWriter(target))).toBe(name);
    expect(String(limit(toWriter(target), 1))).toBe(`limit(1 B) > ${name}`);
    expect(String(new Reader(target))).toBe(name);
  });
});

describe("a size in a name", () => {
  it.each([
    [0, "0 B"],
    [1, "1 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1025, "1025 B"],
    [2048, "2 KiB"],
    [1024 * 1024 - 1024, "1023 KiB"],
    [1024 * 1024, "1 MiB"],
    [1024 * 1024 + 1024, "1025 KiB"],
    [1024 * 1024 + 1, "1048577 B"],
    [3 * 1024 * 1024, "3 MiB"],
  ])("%d is %s", (size, text) => {
    expect(String(limit(sink(), size))).toBe(`limit(${text}) > ${sink()}`);
  });

  it("says how full a fixed memory is", async () => {
    const out = cursor(new Uint8Array(4));
    await out.write(Uint8Array.of(1));
    expect(String(out)).toBe("cursor(1/4)");
    expect(String(memory())).not.toBe("");
  });
});

import { compose, cursor, buffered, keepOpen, memory, sink } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, RecordingWriter } from "../instruments.ts";

const waker = new CountingWaker();

describe("memory", () => {
  it("collects bytes and text, also vectored", async () => {
    const target = memory();
    await target.writeAll("ab");
    await target.writeAllVectored([bytes("c"), bytes(""), bytes("de")]);
    expect(target.text()).toBe("abcde");
    expect(target.length).toBe(5);
  });

  it("gives copies: later writes and the caller do not change them", async () => {
    const target = memory();
    await target.writeAll("ab");
    const before = target.bytes();
    before[0] = 0;
    await target.writeAll("c");
    expect(target.text()).toBe("abc");
    expect(before).toHaveLength(2);
  });

  it("accepts up to maxBytes, then 0", () => {
    const target = memory({ maxBytes: 3 });
    expect(target.pollWrite(waker, bytes("ab"))).toBe(2);
    expect(target.pollVectoredWrite(waker, [bytes("cd"), bytes("e")])).toBe(1);
    expect(target.pollWrite(waker, bytes("f"))).toBe(0);
  });

  it.each([-1, Number.NaN])("refuses maxBytes %d", (maxBytes) => {
    expect(() => memory({ maxBytes })).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });
});

describe("cursor", () => {
  it("fills the target from its start and knows its position", () => {
    const target = cursor(new Uint8Array(4));
    expect(target.pollVectoredWrite(waker, [bytes("ab"), bytes(""), bytes("cde")])).toBe(4);
    expect(target.position).toBe(4);
    expect(target.pollWrite(waker, bytes("f"))).toBe(0);
    expect(target.pollWrite(waker, bytes(""))).toBe(0);
  });

  it("refuses what is not bytes", () => {
    expect(() => cursor([] as never)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });
});

describe("sink", () => {
  it("accepts everything until it is closed", async () => {
    const target = sink();
    expect(String(target)).toBe("sink");
    expect(target.pollVectoredWrite(waker, [bytes("ab"), bytes("c")])).toBe(3);
    await target.close();
    expect(() => target.pollWrite(waker, bytes("a"))).toThrow(
      expect.objectContaining({ code: "ERR_AW_CLOSED" }),
    );
  });
});

describe("keepOpen", () => {
  it("flushes what is below at close, and leaves it open", async () => {
    const inner = new RecordingWriter({ pending: true });
    const out = keepOpen(inner);
    await out.writeAll("abc");
    await out.close();
    await out.close();
    expect(inner.calls).toEqual(["write 3", "flush"]);
    expect(inner.state).toBe("open");
    expect(out.state).toBe("closed");
  });

  it("does not pass an abort on", () => {
    const inner = new RecordingWriter();
    const out = keepOpen(inner);
    out.abort();
    expect(inner.state).toBe("open");
    expect(out.state).toBe("failed");
  });
});

describe("compose", () => {
  it("stacks layers, innermost first", () => {
    const out = compose(memory(), keepOpen, (inner) => buffered(inner, 1024));
    expect(String(out)).toBe("buffered(1 KiB) > keepOpen > memory");
  });

  it("without layers lifts the target", () => {
    const target = memory();
    expect(compose(target)).toBe(target);
  });
});

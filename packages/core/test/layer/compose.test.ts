import { buffered, compose, limit, memory, Writer } from "@aw/core";
import { describe, expect, it } from "vitest";
import { Recording } from "../instruments.ts";

describe("compose", () => {
  it("stacks layers, innermost first", async () => {
    const target = memory();
    const out = compose(target, (inner) => limit(inner, 1024), buffered);
    expect(String(out)).toBe("buffered(64 KiB) > limit(1 KiB) > memory");
    await out.writeAll("abc");
    await out.close();
    expect(target.text()).toBe("abc");
  });

  it("makes a Writer of a target without layers", async () => {
    const target = new Recording();
    const out = compose(target);
    expect(out).toBeInstanceOf(Writer);
    await out.writeAll("abc");
    expect(target.text).toBe("abc");
    const writer = memory();
    expect(compose(writer)).toBe(writer);
  });

  it("refuses what is no writer", () => {
    expect(() => compose({} as Writer, buffered)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });
});

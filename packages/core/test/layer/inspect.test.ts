import { inspect, memory } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, RecordingWriter } from "../instruments.ts";

const waker = new CountingWaker();

describe("inspect", () => {
  it.each([1, 2, 64])(
    "shows accepted bytes once and in order, over %i bytes a call",
    async (size) => {
      const seen: number[] = [];
      const inner = new RecordingWriter({ maxBytes: size, pending: true });
      const out = inspect(inner, (accepted) => seen.push(...accepted));
      await out.writeAll("hello ");
      await out.writeAllVectored([bytes(""), bytes("wide"), bytes(" world")]);
      await out.close();
      expect(Buffer.from(seen).toString()).toBe("hello wide world");
      expect(inner.text).toBe("hello wide world");
    },
  );

  it("shows what a vectored inner writer took, and only that", () => {
    const seen: string[] = [];
    const out = inspect(memory({ maxBytes: 5 }), (accepted) => {
      seen.push(Buffer.from(accepted).toString());
    });
    expect(out.isVectored).toBe(true);
    expect(out.pollVectoredWrite(waker, [bytes("abc"), bytes(""), bytes("defg")])).toBe(5);
    expect(seen).toEqual(["abc", "de"]);
  });

  it("fails at the next poll, not at this one, when its function throws", () => {
    const inner = memory();
    const out = inspect(inner, () => {
      throw new Error("no room for the log");
    });
    expect(out.pollWrite(waker, bytes("abc"))).toBe(3);
    expect(inner.text()).toBe("abc");
    expect(() => out.pollWrite(waker, bytes("d"))).toThrow("no room for the log");
  });
});

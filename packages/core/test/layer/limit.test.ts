import { limit, memory } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker } from "../instruments.ts";

const waker = new CountingWaker();

describe("limit", () => {
  it("passes on up to the limit and fails beyond it, for good", async () => {
    const inner = memory();
    const out = limit(inner, 5);
    await out.writeAll("abc");
    const error = await out.writeAll("defg").catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "ERR_AW_LIMIT", bytesWritten: 2 });
    expect(inner.text()).toBe("abcde");
    await expect(out.close()).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    expect(inner.state).toBe("open");
  });

  it("takes exactly the limit, and empty writes at it", async () => {
    const out = limit(memory(), 3);
    await out.writeAll("abc");
    expect(out.pollWrite(waker, bytes(""))).toBe(0);
    expect(out.pollVectoredWrite(waker, [])).toBe(0);
    expect(out.remaining).toBe(0);
    await out.close();
    expect(() => out.pollWrite(waker, bytes("d"))).toThrow(
      expect.objectContaining({ code: "ERR_AW_CLOSED" }),
    );
  });

  it("cuts a vectored write where it ends", async () => {
    const inner = memory();
    const out = limit(inner, 4);
    const failed = out.writeAllVectored([bytes("abc"), bytes(""), bytes("def")]);
    await expect(failed).rejects.toMatchObject({ code: "ERR_AW_LIMIT", bytesWritten: 4 });
    expect(inner.text()).toBe("abcd");
  });

  it.each([-1, 1.5, Number.NaN])("refuses %d", (maxBytes) => {
    expect(() => limit(memory(), maxBytes)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });
});

import { keepOpen } from "@aw/core";
import { describe, expect, it } from "vitest";
import { RecordingWriter } from "../instruments.ts";

describe("keepOpen", () => {
  it("makes a flush of close, and leaves what is below open", async () => {
    const inner = new RecordingWriter();
    const out = keepOpen(inner);
    await out.writeAll("part");
    await out.close();
    expect(out.state).toBe("closed");
    await out.flush();
    expect(inner.calls).toEqual(["write 4", "flush"]);
    await inner.writeAll("more");
    expect(inner.text).toBe("partmore");
  });

  it("closes once what is below was flushed, also if that takes its time", async () => {
    const inner = new RecordingWriter({ pending: true });
    const out = keepOpen(inner);
    await out.writeAll("part");
    await out.close();
    await out.close();
    expect(inner.calls).toEqual(["write 4", "flush"]);
  });

  it("aborts itself only", async () => {
    const inner = new RecordingWriter();
    const out = keepOpen(inner);
    out.abort("enough");
    await expect(out.writeAll("a")).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    expect(inner.calls).toEqual([]);
    await inner.writeAll("b");
    expect(inner.text).toBe("b");
  });

  it("fails with what is below", async () => {
    const inner = new RecordingWriter();
    const out = keepOpen(inner);
    inner.failNext = new Error("broken");
    await expect(out.close()).rejects.toMatchObject({ code: "ERR_AW_IO" });
    expect(out.state).toBe("failed");
  });
});

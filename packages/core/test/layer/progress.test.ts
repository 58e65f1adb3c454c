import { progress } from "@aw/core";
import { describe, expect, it } from "vitest";
import { RecordingWriter } from "../instruments.ts";

describe("progress", () => {
  it("reports accepted bytes with the total", async () => {
    const reports: [number, number | undefined][] = [];
    const inner = new RecordingWriter({ maxBytes: 4 });
    const out = progress(inner, { total: 10, onProgress: (...report) => reports.push(report) });
    await out.writeAll("0123456789");
    expect(reports).toEqual([
      [4, 10],
      [8, 10],
      [10, 10],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { BytesEngine } from "../../src/engine/bytes-engine.ts";
import { bytes, CountingWaker } from "../instruments.ts";

const waker = new CountingWaker();

describe("BytesEngine", () => {
  it("refuses to consume what is not there", () => {
    const engine = new BytesEngine(bytes("abc"));
    engine.consume(2);
    expect(() => engine.consume(2)).toThrow("bytes: consume(2) of 1 bytes");
    expect(engine.pollFillBuf(waker)).toEqual(bytes("c"));
  });

  it("fails once it was aborted, unless it was read to its end", () => {
    const aborted = new BytesEngine(bytes("abc"));
    aborted.pollFillBuf(waker);
    aborted.abort("enough");
    expect(() => aborted.pollFillBuf(waker)).toThrow(
      expect.objectContaining({ code: "ERR_AW_ABORTED", cause: "enough" }),
    );
    const ended = new BytesEngine(bytes(""));
    ended.pollFillBuf(waker);
    ended.abort("late");
    expect(ended.pollFillBuf(waker)).toHaveLength(0);
  });
});

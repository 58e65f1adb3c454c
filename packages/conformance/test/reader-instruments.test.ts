import { PENDING } from "@aw/core";
import { describe, expect, it } from "vitest";
import {
  chunked,
  CountingWaker,
  failReadsAfter,
  interleavePendingReads,
  Origin,
} from "../src/index.ts";

const bytes = Uint8Array.of(1, 2, 3, 4, 5);

function given(): Origin {
  const origin = new Origin();
  origin.give(bytes);
  return origin;
}

describe("failReadsAfter", () => {
  it("shows no more than may be read, and fails with the same error then", () => {
    const origin = given();
    const failure = new Error("injected");
    const reader = failReadsAfter(origin, 3, failure);
    const waker = new CountingWaker();
    expect(reader.pollFillBuf(waker)).toEqual(bytes.subarray(0, 3));
    reader.consume(1);
    expect(reader.pollFillBuf(waker)).toEqual(bytes.subarray(1, 3));
    reader.consume(2);
    for (let time = 0; time < 2; time++) {
      let thrown: unknown;
      try {
        reader.pollFillBuf(waker);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBe(failure);
    }
    expect(origin.consumed).toBe(3);
  });

  it("refuses to consume what it has not shown", () => {
    const reader = failReadsAfter(given(), 3, new Error("injected"));
    reader.pollFillBuf(new CountingWaker());
    expect(() => reader.consume(4)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
    expect(reader.pollFillBuf(new CountingWaker())).toHaveLength(3);
  });

  it("passes PENDING, an earlier end and an abort on", () => {
    const origin = new Origin();
    const reader = failReadsAfter(origin, 3, new Error("injected"));
    const waker = new CountingWaker();
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
    origin.end();
    expect(waker.wakes).toBe(1);
    expect(reader.pollFillBuf(waker)).toHaveLength(0);
    const aborted = given();
    failReadsAfter(aborted, 3, new Error("injected")).abort?.("why");
    expect(aborted.aborts).toEqual(["why"]);
  });
});

describe("interleavePendingReads", () => {
  it("answers every second poll with PENDING, and wakes at once", () => {
    const reader = interleavePendingReads(given());
    const waker = new CountingWaker();
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
    expect(waker.wakes).toBe(1);
    expect(reader.pollFillBuf(waker)).toEqual(bytes);
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
  });
});

describe("chunked", () => {
  it("shows a few bytes a poll, and the rest again", () => {
    const reader = chunked(given(), 2);
    const waker = new CountingWaker();
    const read: number[] = [];
    for (let poll = 0; poll < 3; poll++) {
      const view = reader.pollFillBuf(waker);
      if (view === PENDING) throw new Error("bytes are there");
      expect(view.length).toBe(Math.min(2, 5 - read.length));
      read.push(...view);
      reader.consume(view.length);
    }
    expect(read).toEqual([...bytes]);
  });
});

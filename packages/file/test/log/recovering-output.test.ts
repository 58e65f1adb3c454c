import type { AsyncWriteError } from "@aw/core";
import { describe, expect, it } from "vitest";
import { RecoveringOutput } from "../../src/log/recovering-output.ts";
import { ManualOutput } from "../manual-output.ts";

describe("lines behind a write that is in flight", () => {
  it("are counted as lost if the log is aborted, though no write has failed", () => {
    const inner = new ManualOutput();
    const lost: [string, number][] = [];
    const onError = ({ code }: AsyncWriteError, lines: number) => void lost.push([code, lines]);
    const log = new RecoveringOutput(inner, "log", { onError });
    log.write([Buffer.from("in flight\n")], () => {});
    expect(log.writeNow([Buffer.from("one\ntwo\n")])).toBe(8);
    log.drop(() => {});
    expect(lost).toEqual([["ERR_AW_ABORTED", 2]]);
  });

  it("are not lost while it can be waited for, however many they are", () => {
    const inner = new ManualOutput();
    const lost: number[] = [];
    const onError = (_: AsyncWriteError, lines: number) => void lost.push(lines);
    const log = new RecoveringOutput(inner, "log", { maxBacklog: 20, onError });
    log.write([Buffer.from("in flight\n")], () => {});
    log.writeNow([Buffer.from("lines that wait\n")]);
    inner.answers.shift()?.();
    // What waited is in flight now, and what the engine hands over has no room behind it.
    let isAnswered = false;
    log.write([Buffer.from("one\ntwo\nthree\n")], () => (isAnswered = true));
    log.settle(false);
    expect(inner.written).toEqual(["in flight\n", "lines that wait\n", "one\ntwo\nthree\n"]);
    expect(isAnswered).toBe(false);
    log.drop(() => {});
    expect(lost).toEqual([]);
  });

  it("follow it once it has landed, and nothing is reported", () => {
    const inner = new ManualOutput();
    const lost: number[] = [];
    const log = new RecoveringOutput(inner, "log", {
      onError: (_, lines) => void lost.push(lines),
    });
    log.write([Buffer.from("in flight\n")], () => {});
    log.writeNow([Buffer.from("one\ntwo\n")]);
    inner.answers.shift()?.();
    expect(inner.answers).toHaveLength(1);
    inner.answers.shift()?.();
    log.drop(() => {});
    expect(lost).toEqual([]);
  });

  it("keep a flush waiting until they are written, and no longer", () => {
    const inner = new ManualOutput();
    const log = new RecoveringOutput(inner, "log", {});
    let isFlushed = false;
    log.write([Buffer.from("in flight\n")], () => {});
    log.writeNow([Buffer.from("behind it\n")]);
    inner.answer();
    log.sync("data", () => (isFlushed = true));
    expect(inner.calls).toEqual([]);
    inner.answer();
    expect(inner.calls).toEqual(["sync data"]);
    expect(isFlushed).toBe(true);
  });

  it("keep a write that has no room waiting until they are written, and no longer", () => {
    const inner = new ManualOutput();
    const log = new RecoveringOutput(inner, "log", { maxBacklog: 20 });
    let isWritten = false;
    log.write([Buffer.from("in flight\n")], () => {});
    log.writeNow([Buffer.from("lines that wait\n")]);
    inner.answer();
    log.write([Buffer.from("one\ntwo\nthree\n")], () => (isWritten = true));
    inner.answer();
    expect(inner.written).toEqual(["in flight\n", "lines that wait\n", "one\ntwo\nthree\n"]);
    inner.answer();
    expect(isWritten).toBe(true);
  });

  it("that are brought to their end synchronously release a flush that waits for them", () => {
    const inner = new ManualOutput();
    const log = new RecoveringOutput(inner, "log", {});
    let isFlushed = false;
    log.write([Buffer.from("in flight\n")], () => {});
    log.writeNow([Buffer.from("behind it\n")]);
    inner.answer();
    log.sync("data", () => (isFlushed = true));
    log.settle();
    expect(isFlushed).toBe(true);
    // What was settled is answered all the same.
    inner.answer();
    expect(inner.calls).toEqual(["settle", "sync data"]);
  });
});

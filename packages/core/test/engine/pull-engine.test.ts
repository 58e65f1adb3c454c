import { PENDING } from "@aw/core";
import { describe, expect, it } from "vitest";
import { PullEngine } from "../../src/engine/pull-engine.ts";
import { bytes, CountingWaker, turn } from "../instruments.ts";

/** A source that answers when the test says so. */
function asked(): {
  engine: PullEngine;
  answers: { resolve: (chunk: unknown) => void; reject: (error: unknown) => void }[];
  cancelled: unknown[];
} {
  const answers: { resolve: (chunk: unknown) => void; reject: (error: unknown) => void }[] = [];
  const cancelled: unknown[] = [];
  const source = {
    next: () =>
      new Promise<unknown>((resolve, reject) => {
        answers.push({ resolve, reject });
      }),
    cancel: (reason: unknown) => void cancelled.push(reason),
  };
  return { engine: new PullEngine(source, "a source"), answers, cancelled };
}

const waker = new CountingWaker();

describe("PullEngine", () => {
  it("asks when a poll finds nothing, and not again before there is an answer", async () => {
    const { engine, answers } = asked();
    expect(answers).toHaveLength(0);
    expect(engine.pollFillBuf(waker)).toBe(PENDING);
    expect(engine.pollFillBuf(waker)).toBe(PENDING);
    expect(answers).toHaveLength(1);
    const { wakes } = waker;
    answers[0]?.resolve(bytes("abc"));
    await turn();
    expect(waker.wakes).toBe(wakes + 1);
    expect(engine.pollFillBuf(waker)).toEqual(bytes("abc"));
    engine.consume(2);
    expect(engine.pollFillBuf(waker)).toEqual(bytes("c"));
    expect(answers).toHaveLength(1);
    engine.consume(1);
    expect(answers).toHaveLength(1);
    expect(engine.pollFillBuf(waker)).toBe(PENDING);
    expect(answers).toHaveLength(2);
  });

  it("asks again by itself after a chunk without a byte", async () => {
    const { engine, answers } = asked();
    engine.pollFillBuf(waker);
    answers[0]?.resolve("");
    await turn();
    expect(answers).toHaveLength(2);
    answers[1]?.resolve("text");
    await turn();
    expect(engine.pollFillBuf(waker)).toEqual(bytes("text"));
  });

  it("lets timers run between chunks without a byte", async () => {
    let over = false;
    setTimeout(() => (over = true), 1);
    const source = {
      next: () => Promise.resolve(over ? "x" : ""),
      cancel() {},
    };
    const engine = new PullEngine(source, "nothing, again and again");
    while (engine.pollFillBuf(waker) === PENDING) await turn();
    expect(over).toBe(true);
  });

  it("ends with its source, for good, and is not cancelled after that", async () => {
    const { engine, answers, cancelled } = asked();
    engine.pollFillBuf(waker);
    answers[0]?.resolve(undefined);
    await turn();
    for (let time = 0; time < 2; time++) expect(engine.pollFillBuf(waker)).toHaveLength(0);
    engine.abort("late");
    expect(engine.pollFillBuf(waker)).toHaveLength(0);
    expect([answers.length, cancelled]).toEqual([1, []]);
  });

  it("fails with its source, and with what is not bytes, and cancels it then", async () => {
    const failure = new Error("no more");
    for (const answer of ["reject", "resolve"] as const) {
      const { engine, answers, cancelled } = asked();
      engine.pollFillBuf(waker);
      if (answer === "reject") answers[0]?.reject(failure);
      else answers[0]?.resolve(7);
      await turn();
      const expected =
        answer === "reject" ? { cause: failure } : { code: "ERR_AW_INVALID_ARGUMENT" };
      let first: unknown;
      for (let time = 0; time < 2; time++) {
        try {
          engine.pollFillBuf(waker);
        } catch (error) {
          first ??= error;
          expect(error).toBe(first);
        }
      }
      expect(first).toMatchObject(expected);
      expect(cancelled).toEqual([first]);
    }
  });

  it("cancels at abort, and drops what comes after that", async () => {
    const { engine, answers, cancelled } = asked();
    engine.pollFillBuf(waker);
    const { wakes } = waker;
    engine.abort("enough");
    engine.abort("again");
    expect(waker.wakes).toBe(wakes + 1);
    answers[0]?.resolve("late");
    await turn();
    expect(() => engine.pollFillBuf(waker)).toThrow(
      expect.objectContaining({ code: "ERR_AW_ABORTED", cause: "enough" }),
    );
    expect(cancelled).toMatchObject([{ code: "ERR_AW_ABORTED" }]);
    expect(String(engine)).toBe("a source");
  });

  it("refuses to consume what it has not shown", async () => {
    const { engine, answers } = asked();
    engine.pollFillBuf(waker);
    answers[0]?.resolve("ab");
    await turn();
    expect(() => engine.consume(3)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
    expect(engine.pollFillBuf(waker)).toEqual(bytes("ab"));
  });
});

import { engineOf, toWriter, type AsyncWrite } from "@aw/core";
import { describe, expect, it } from "vitest";
import { Recording } from "../instruments.ts";

const polls: AsyncWrite = {
  pollWrite: (_waker, buf) => buf.length,
  pollVectoredWrite: () => 0,
  pollFlush() {},
  pollClose() {},
};

describe("engineOf", () => {
  it("is what a writer drives", () => {
    const recording = new Recording();
    expect(engineOf(toWriter(recording))).toBe(recording);
  });

  it("is anything else as it is", () => {
    for (const target of [new Recording(), polls]) expect(engineOf(target)).toBe(target);
  });

  it.each(["state", "onFailure", "abort"])("is none without %s", (missing) => {
    const engine = { ...polls, state: "open", onFailure: () => () => {}, abort() {} };
    const car = { ...polls, engine: { ...engine, [missing]: undefined } };
    expect(engineOf(car)).toBe(car);
    expect(engineOf({ ...polls, engine } as AsyncWrite)).toBe(engine);
  });
});

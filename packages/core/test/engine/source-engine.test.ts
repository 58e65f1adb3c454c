import { PENDING, SourceEngine } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, catchUncaught, counted, CountingWaker, turn } from "../instruments.ts";
import { ManualSource } from "../reader/source.ts";

function make(capacity?: number) {
  const source = new ManualSource();
  const engine = new SourceEngine(source, { capacity });
  return { source, engine, waker: new CountingWaker() };
}

describe("SourceEngine", () => {
  it("asks for nothing before the first poll, and shows a chunk where it is", () => {
    const { source, engine, waker } = make();
    expect(source.calls).toEqual([]);
    expect(engine.pollFillBuf(waker)).toBe(PENDING);
    expect(source.calls).toEqual(["resume"]);
    const chunk = counted(10);
    expect(source.control.push(chunk)).toBe(true);
    expect(waker.wakes).toBe(1);
    expect(engine.pollFillBuf(waker)).toBe(chunk);
    engine.consume(4);
    expect(engine.pollFillBuf(waker)).toEqual(counted(10).subarray(4));
  });

  it("copies what a source reads into the same memory again and again", () => {
    const { source, engine, waker } = make();
    const memory = bytes("first");
    expect(engine.pollFillBuf(waker)).toBe(PENDING);
    expect(source.control.pushCopy(memory)).toBe(true);
    memory.set(bytes("other"));
    expect(source.control.pushCopy(memory)).toBe(true);
    expect([engine.unread, waker.wakes]).toEqual([10, 1]);
    expect(engine.pollFillBuf(waker)).toEqual(bytes("firstother"));
    engine.consume(10);
    source.control.end();
    expect(engine.pollFillBuf(waker)).toEqual(bytes(""));
    expect(source.control.pushCopy(bytes(""))).toBe(false);
  });

  it.each([1, 100, 5000, 100_000])("copies %i bytes for who waits to take them", (length) => {
    const { source, engine, waker } = make();
    const memory = counted(length);
    for (let round = 0; round < 3; round++) {
      expect(engine.pollTake(waker)).toBe(PENDING);
      source.control.pushCopy(memory);
      const first = engine.pollTake(waker) as Uint8Array;
      expect(engine.pollTake(waker)).toBe(PENDING);
      source.control.pushCopy(memory);
      source.control.pushCopy(memory); // behind it, for nobody who waits
      const rest = [engine.pollTake(waker), engine.pollTake(waker)] as Uint8Array[];
      memory.fill(0);
      for (const chunk of [first, ...rest]) expect(chunk).toEqual(counted(length));
      memory.set(counted(length));
    }
    expect(waker.wakes).toBe(6);
  });

  it("gathers copies that come before anybody waits", () => {
    const { source, engine, waker } = make();
    source.control.pushCopy(bytes("first"));
    source.control.pushCopy(bytes("other"));
    expect(engine.pollTake(waker)).toEqual(bytes("firstother"));
  });

  it("lets the source go on once half of its capacity is taken", () => {
    const { source, engine, waker } = make(100);
    engine.pollTake(waker);
    source.control.push(counted(60));
    source.control.push(counted(50));
    expect(source.calls).toEqual(["resume", "pause"]);
    engine.pollTake(waker);
    expect(source.calls).toEqual(["resume", "pause", "resume"]);
  });

  it("takes nothing as something behind the end", () => {
    const { source, engine, waker } = make();
    engine.pollFillBuf(waker);
    source.control.end();
    source.control.push(bytes(""));
    source.control.pushCopy(bytes(""));
    expect(engine.pollFillBuf(waker)).toEqual(bytes(""));
    expect(engine.state).toBe("closed");
  });

  it("gathers copies again once somebody waits to look, and not to take", () => {
    const { source, engine, waker } = make();
    expect(engine.pollTake(waker)).toBe(PENDING);
    expect(engine.pollFillBuf(waker)).toBe(PENDING);
    source.control.pushCopy(bytes("first"));
    source.control.pushCopy(bytes("other"));
    expect(engine.pollFillBuf(waker)).toEqual(bytes("firstother"));
  });

  it("pauses a source whose copies are enough, and refuses one behind the end", () => {
    const { source, engine, waker } = make(8);
    void engine.pollFillBuf(waker);
    expect(source.control.pushCopy(bytes("12345678"))).toBe(true);
    expect(source.control.pushCopy(bytes("9"))).toBe(false);
    expect(source.calls.at(-1)).toBe("pause");
    source.control.end();
    source.control.pushCopy(bytes("late"));
    expect(engine.pollFillBuf(waker)).toEqual(bytes("123456789"));
    engine.consume(9);
    const late = expect.objectContaining({ code: "ERR_AW_PROTOCOL" });
    expect(() => engine.pollFillBuf(waker)).toThrow(late);
  });

  it("takes what a source pushes within resume", () => {
    const { source, engine, waker } = make();
    source.ready = [bytes("now")];
    expect(engine.pollFillBuf(waker)).toEqual(bytes("now"));
    expect(waker.wakes).toBe(0);
  });

  it("pauses the source beyond its capacity, and lets it go on at half of that", () => {
    const { source, engine, waker } = make(100);
    engine.pollFillBuf(waker);
    expect(source.control.push(counted(100))).toBe(true);
    expect(source.control.push(counted(1))).toBe(false);
    expect(source.calls).toEqual(["resume", "pause"]);
    expect(source.control.unread).toBe(101);
    engine.consume(50);
    expect(source.calls).toEqual(["resume", "pause"]);
    expect(source.control.unread).toBe(51);
    engine.consume(1);
    expect(source.calls).toEqual(["resume", "pause", "resume"]);
  });

  it("gives chunks away, and keeps none of them", () => {
    const { source, engine, waker } = make();
    engine.pollFillBuf(waker);
    const [a, b] = [bytes("a"), bytes("bc")];
    source.control.push(a);
    source.control.push(new Uint8Array(0));
    source.control.push(b);
    source.control.end();
    expect([engine.pollTake(waker), engine.pollTake(waker)]).toEqual([a, b]);
    expect(engine.pollTake(waker)).toEqual(new Uint8Array(0));
    expect(engine.state).toBe("closed");
  });

  it("tells the end and a failure after the bytes before", () => {
    for (const ending of ["end", "fail"] as const) {
      const { source, engine, waker } = make();
      engine.pollFillBuf(waker);
      source.control.push(bytes("last"));
      if (ending === "end") source.control.end();
      else source.control.fail(new RangeError("broke"));
      expect(engine.pollFillBuf(waker)).toEqual(bytes("last"));
      engine.consume(4);
      const poll = () => engine.pollFillBuf(waker);
      if (ending === "end") expect(poll()).toHaveLength(0);
      else expect(poll).toThrow(expect.objectContaining({ code: "ERR_AW_IO" }));
      expect(source.calls).toEqual(ending === "end" ? ["resume"] : ["resume", "destroy ERR_AW_IO"]);
    }
  });

  it("wakes with the end, and with a failure", () => {
    for (const ending of ["end", "fail"] as const) {
      const { source, engine, waker } = make();
      engine.pollFillBuf(waker);
      source.control[ending](new Error("broke"));
      expect(waker.wakes).toBe(1);
    }
  });

  it("fails if bytes come behind its end, which would be lost", () => {
    const { source, engine, waker } = make();
    engine.pollFillBuf(waker);
    source.control.push(bytes("all"));
    source.control.end();
    source.control.push(bytes("more"));
    engine.consume(3);
    expect(() => engine.pollFillBuf(waker)).toThrow(
      expect.objectContaining({ code: "ERR_AW_PROTOCOL" }),
    );
  });

  it("drops what it holds at abort, destroys the source once, and takes nothing more", () => {
    const { source, engine, waker } = make();
    engine.pollFillBuf(waker);
    source.control.push(bytes("held"));
    engine.abort("enough");
    engine.abort("again");
    expect(source.control.push(bytes("late"))).toBe(false);
    expect(() => engine.pollFillBuf(waker)).toThrow(
      expect.objectContaining({ code: "ERR_AW_ABORTED", cause: "enough" }),
    );
    expect(source.calls).toEqual(["resume", "destroy ERR_AW_ABORTED"]);
  });

  it("needs no method of its source", async () => {
    const uncaught = catchUncaught();
    const waker = new CountingWaker();
    const engine = new SourceEngine({}, { capacity: 2 });
    expect(engine.pollFillBuf(waker)).toBe(PENDING);
    expect(engine.push(bytes("abc"))).toBe(false);
    expect(engine.pollFillBuf(waker)).toEqual(bytes("abc"));
    engine.consume(3);
    engine.abort("enough");
    expect(() => engine.pollFillBuf(waker)).toThrow(
      expect.objectContaining({ code: "ERR_AW_ABORTED", cause: "enough" }),
    );
    await turn();
    expect(uncaught.stop()).toEqual([]);
  });

  it("fails with what resume throws", () => {
    const { source, engine, waker } = make();
    source.resume = () => {
      throw new RangeError("no");
    };
    expect(() => engine.pollFillBuf(waker)).toThrow("no");
  });

  it.each([-1, 5, 1.5, Number.NaN])("refuses to consume %d of 4 bytes", (amount) => {
    const { source, engine, waker } = make();
    engine.pollFillBuf(waker);
    source.control.push(bytes("four"));
    expect(() => engine.consume(amount)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
    expect(engine.pollFillBuf(waker)).toEqual(bytes("four"));
  });
});

import { Duplex } from "node:stream";
import { AsyncWriteError, type SourceControl } from "@aw/core";
import { describe, expect, it } from "vitest";
import { DuplexSource, type SourceHooks } from "../src/duplex-source.ts";
import { own } from "../src/duplex-listeners.ts";

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What an engine is told by the source of a duplex. */
function made<D extends Duplex>(
  duplex: D,
  hooks: Partial<SourceHooks> = {},
): { source: DuplexSource; duplex: D; told: string[]; gone: () => number } {
  const told: string[] = [];
  let gone = 0;
  const source = new DuplexSource({
    duplex,
    checkEnd: (done) => done(),
    closeError: () => undefined,
    translate: (error) => error,
    onReaderGone: () => {
      gone++;
    },
    toString: () => "test",
    ...hooks,
  });
  const push = (bytes: Uint8Array): boolean => told.push(Buffer.from(bytes).toString()) > 0;
  const control: Pick<SourceControl, "push" | "pushCopy" | "end" | "fail"> = {
    push,
    pushCopy: push,
    end: () => void told.push("(end)"),
    fail: (error) => void told.push(`(${(error as AsyncWriteError).code})`),
  };
  source.start(control as SourceControl);
  own(duplex, {
    onRead: (bytes) => source.onRead(bytes),
    onData: (chunk) => source.onData(chunk),
    onEnd: () => source.onEnd(),
    onError: (error) => source.onError(error),
    onClose: () => {
      source.salvage();
      source.onClose();
    },
  });
  return { source, duplex, told, gone: () => gone };
}

const bringing = (): Duplex => new Duplex({ read() {}, write() {} });

describe("what a duplex brings", () => {
  it("stays with the duplex once it was released", async () => {
    const { source, duplex, told } = made(bringing());
    source.resume();
    source.release();
    duplex.push("a");
    source.resume();
    await turn();
    expect(told).toEqual([]);
    expect(duplex.isPaused()).toBe(true);
    source.unread(Buffer.from("0"));
    expect(String(duplex.read())).toBe("0a");
  });

  it("comes from the first resume on, and not while it is paused", async () => {
    const { source, duplex, told } = made(bringing());
    duplex.push("a");
    await turn();
    expect(told).toEqual([]);
    source.resume();
    await turn();
    expect(told).toEqual(["a"]);
    source.pause();
    duplex.push("b");
    await turn();
    expect(told).toEqual(["a"]);
    source.resume();
    source.resume();
    duplex.push(null);
    await turn();
    expect([told, source.isOver]).toEqual([["a", "b", "(end)"], true]);
  });

  it("is told to be over once, by whatever came first", async () => {
    const { source, duplex, told } = made(bringing());
    source.resume();
    source.fail(new AsyncWriteError("ERR_AW_TIMEOUT", "late"));
    source.fail(new AsyncWriteError("ERR_AW_ABORTED", "again"));
    duplex.push("b");
    duplex.push(null);
    await turn();
    await turn();
    source.onError(new Error("broken"));
    source.onClose();
    source.salvage();
    expect([told, source.isAborted]).toEqual([["(ERR_AW_TIMEOUT)"], false]);
  });

  it("fails with what is known better than the duplex knows it", () => {
    const known = new AsyncWriteError("ERR_AW_TIMEOUT", "idle");
    const { source, told } = made(bringing(), { closeError: () => known });
    source.onError(new Error("read ECONNRESET"));
    expect(told).toEqual(["(ERR_AW_TIMEOUT)"]);
    const { source: other, told: asItIs } = made(bringing(), { translate: () => undefined });
    other.onError(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    expect(asItIs).toEqual(["(ERR_AW_CONNECTION_RESET)"]);
  });

  it.each([undefined, null])("has ended if the check of its end says %s", (error) => {
    const { source, told } = made(bringing(), { checkEnd: (done) => done(error) });
    source.onEnd();
    source.onEnd();
    expect([told, source.isOver]).toEqual([["(end)"], true]);
  });

  it("is asked for no longer once it is released, and paused", async () => {
    const { source, duplex, told } = made(bringing());
    source.release();
    source.resume();
    expect([duplex.listenerCount("data"), duplex.isPaused()]).toEqual([0, false]);
    const { source: read, duplex: flowing, told: got } = made(bringing());
    read.resume();
    read.release();
    read.release();
    flowing.push("b");
    await turn();
    expect([flowing.isPaused(), flowing.listenerCount("data"), got, told]).toEqual([
      true,
      0,
      [],
      [],
    ]);
  });

  it.each([
    ["before anybody read", () => {}],
    ["while it flows", (source: DuplexSource) => source.resume()],
    [
      "while it is paused",
      (source: DuplexSource) => {
        source.resume();
        source.pause();
      },
    ],
  ])("is discarded after an abort %s, to the byte where the peer has to wait", async (_, first) => {
    const { source, duplex, told, gone } = made(bringing());
    first(source);
    source.destroy();
    expect([source.isAborted, source.isOver, gone()]).toEqual([true, true, 1]);
    duplex.push(Buffer.alloc(1024 * 1024 - 1));
    await turn();
    expect(duplex.isPaused()).toBe(false);
    duplex.push("x");
    await turn();
    expect([duplex.isPaused(), told]).toEqual([true, []]);
  });

  it("is taken out of memory that is used again, and left to the stream before and after", () => {
    const { source, told } = made(bringing());
    const memory = Buffer.from("ab");
    expect(source.onRead(memory)).toBe(false);
    source.resume();
    expect(source.onRead(memory)).toBe(true);
    memory.fill("x");
    expect(told).toEqual(["ab"]);
    source.release();
    expect([source.onRead(memory), told]).toEqual([false, ["ab"]]);
  });

  it("is discarded out of such memory as well, after an abort", () => {
    const { source, duplex, told } = made(bringing());
    source.destroy();
    expect(source.onRead(Buffer.alloc(1024 * 1024 - 1))).toBe(true);
    expect(duplex.isPaused()).toBe(false);
    expect(source.onRead(Buffer.alloc(1))).toBe(true);
    expect([duplex.isPaused(), told]).toEqual([true, []]);
  });

  it("is left to the stream, where a linger sees it, once the source was abandoned", async () => {
    const failure = new AsyncWriteError("ERR_AW_ABORTED", "closed, and left");
    const { source, duplex, told } = made(bringing(), { closeError: () => failure });
    source.resume();
    source.abandon();
    expect([source.onRead(Buffer.from("a")), duplex.isPaused()]).toEqual([false, true]);
    duplex.push("b");
    duplex.resume();
    await turn();
    expect([told, duplex.listenerCount("data")]).toEqual([["(ERR_AW_ABORTED)"], 0]);
  });

  it("is dropped once the source has failed", () => {
    const { source, told } = made(bringing());
    source.resume();
    source.fail(new AsyncWriteError("ERR_AW_TIMEOUT", "late"));
    expect(source.onRead(Buffer.from("a"))).toBe(true);
    expect(told).toEqual(["(ERR_AW_TIMEOUT)"]);
  });

  it("is called by the name of its owner", () => {
    expect(String(made(bringing()).source)).toBe("test");
  });
});

describe("a duplex that was gone before anybody read", () => {
  it("gives what it still has, and why it ended", async () => {
    const { source, duplex, told } = made(bringing());
    duplex.push("a");
    duplex.destroy();
    await turn();
    source.resume();
    expect(told).toEqual(["a", "(ERR_AW_CONNECTION_RESET)"]);
  });

  it("gives nothing after an abort", async () => {
    const aborted = new AsyncWriteError("ERR_AW_ABORTED", "enough");
    const { source, duplex, told } = made(bringing(), { closeError: () => aborted });
    duplex.push("a");
    await turn();
    source.resume();
    expect(told).toEqual(["(ERR_AW_ABORTED)"]);
  });

  it("gives what it has after our own failure", async () => {
    const late = new AsyncWriteError("ERR_AW_TIMEOUT", "idle");
    const { source, duplex, told } = made(bringing(), { closeError: () => late });
    duplex.push("a");
    await turn();
    source.resume();
    expect(told).toEqual(["a", "(ERR_AW_TIMEOUT)"]);
  });
});

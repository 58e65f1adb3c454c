import { Duplex, duplexPair } from "node:stream";
import { AsyncWriteError } from "@aw/core";
import { DuplexConnection, DuplexDestination, type DuplexDestinationOptions } from "@aw/node";
import type { DestinationObserver } from "../src/duplex-destination.ts";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => void vi.useRealTimers());

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A duplex that takes everything, and brings what the test pushes. */
function open(options?: DuplexDestinationOptions): {
  duplex: Duplex;
  destination: DuplexDestination;
  ours: DuplexConnection;
} {
  const duplex = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const destination = new DuplexDestination(duplex, options);
  return { duplex, destination, ours: new DuplexConnection(destination) };
}

describe("a connection that was closed and is left", () => {
  it("goes on until the peer has ended, and tells the reader at once", async () => {
    const { duplex, ours } = open();
    await ours.close();
    const reading = expect(ours.reader.read()).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      message: "duplex: aborted",
      cause: "enough",
    });
    ours.abort("enough");
    await reading;
    await turn();
    expect(duplex.destroyed).toBe(false);
    duplex.push(null);
    await turn();
    await turn();
    expect(duplex.destroyed).toBe(true);
  });

  it("waits for 5 s of silence by default, or as long as it is told", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    for (const [options, ms] of [
      [{}, 5000],
      [{ linger: 70 }, 70],
    ] as const) {
      const { duplex, ours } = open(options);
      await ours.close();
      ours.abort();
      vi.advanceTimersByTime(ms - 1);
      expect(duplex.destroyed).toBe(false);
      vi.advanceTimersByTime(1);
      expect(duplex.destroyed).toBe(true);
    }
  });

  it("does not wait with linger 0", async () => {
    const { duplex, ours } = open({ linger: 0 });
    await ours.close();
    expect(duplex.destroyed).toBe(false);
    ours.abort();
    expect(duplex.destroyed).toBe(true);
  });

  it("is left once: a second abort changes neither why nor for how long", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { duplex, destination, ours } = open({ linger: 100 });
    await ours.close();
    ours.abort("first");
    ours.abort("second");
    destination.abandon("third");
    expect(vi.getTimerCount()).toBe(1);
    await expect(ours.reader.read()).rejects.toMatchObject({ cause: "first" });
    vi.advanceTimersByTime(100);
    expect(duplex.destroyed).toBe(true);
  });

  it.each(["before", "after"])(
    "is left by a reader that was cancelled %s close, too",
    async (when) => {
      const { duplex, ours } = open({ linger: 0 });
      if (when === "before") await ours.readable.cancel();
      expect(duplex.destroyed).toBe(false);
      await ours.close();
      if (when === "after") await ours.readable.cancel();
      await turn();
      expect(duplex.destroyed).toBe(true);
    },
  );
});

describe("fail", () => {
  it("fails both directions, and destroys the duplex", async () => {
    const { duplex, destination, ours } = open();
    const error = { code: "ERR_AW_TIMEOUT", message: "idle" };
    const reading = expect(ours.reader.read()).rejects.toMatchObject(error);
    destination.fail(new AsyncWriteError("ERR_AW_TIMEOUT", "idle"));
    await reading;
    await expect(ours.writeAll("x")).rejects.toMatchObject(error);
    expect(duplex.errored).toMatchObject(error);
  });

  it("is what the reader hears of after close", async () => {
    const { destination, ours } = open();
    await ours.close();
    const error = new AsyncWriteError("ERR_AW_TIMEOUT", "idle");
    const reading = expect(ours.reader.read()).rejects.toBe(error);
    destination.fail(error);
    await reading;
    expect(ours.state).toBe("closed");
  });
});

describe("the end of a duplex", () => {
  it("is asked of the transport: an error there fails the reader", async () => {
    const { duplex, destination, ours } = open();
    const cut = new AsyncWriteError("ERR_AW_TRUNCATED", "cut");
    destination.checkEnd = (done) => done(cut);
    duplex.push(null);
    await expect(ours.reader.read()).rejects.toBe(cut);
    // The other direction goes on.
    await ours.writeAll("x");
  });

  it("has the words of the transport for its errors", async () => {
    const { duplex, destination, ours } = open();
    destination.translate = (error) =>
      new AsyncWriteError("ERR_AW_TLS", "in other words", { cause: error });
    const reading = expect(ours.reader.read()).rejects.toMatchObject({ code: "ERR_AW_TLS" });
    duplex.destroy(new Error("EPROTO"));
    await reading;
    await expect(ours.writeAll("x")).rejects.toMatchObject({ message: "in other words" });
  });

  it("is a broken pipe for the writer, with what to do about it; not once it has closed", async () => {
    const { duplex, ours } = open({ name: "test" });
    duplex.destroy();
    await turn();
    await expect(ours.writeAll("x")).rejects.toMatchObject({
      code: "ERR_AW_BROKEN_PIPE",
      message: "test: the connection is closed; connect again",
    });
    const closed = open();
    await closed.ours.close();
    closed.duplex.destroy();
    await turn();
    expect(closed.ours.state).toBe("closed");
  });

  it("is told to an observer, once each", async () => {
    const { destination, ours } = open();
    const said: unknown[] = [];
    const observer: DestinationObserver<string> = {
      onDestroyed: ({ code }, owner) => said.push(code, owner),
      onClosed: (owner) => said.push("closed", owner),
    };
    destination.observe(observer, "ours");
    ours.abort();
    await turn();
    expect(said).toEqual(["ERR_AW_ABORTED", "ours", "closed", "ours"]);
  });

  it("comes with an error to the other end of a pair, when we abort", async () => {
    const [near, far] = duplexPair();
    const ours = new DuplexConnection(new DuplexDestination(near));
    const error = vi.fn();
    near.on("error", error);
    far.on("error", () => {});
    ours.abort("enough");
    await turn();
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ code: "ERR_AW_ABORTED" }));
  });
});

it("a duplex gets copies: it may keep a chunk after its callback", async () => {
  const kept: Buffer[] = [];
  const duplex = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => {
      kept.push(chunk);
      done();
    },
  });
  const ours = new DuplexConnection(new DuplexDestination(duplex));
  for (const text of ["one ", "two"]) {
    await ours.writeAll(text);
    await ours.flush();
  }
  const large = new Uint8Array(300_000).fill(1);
  await ours.writeAll(large);
  large.fill(2);
  expect(Buffer.concat(kept.slice(0, 2)).toString()).toBe("one two");
  const rest = Buffer.concat(kept.slice(2));
  expect([rest.length, rest.every((byte) => byte === 1)]).toEqual([300_000, true]);
  ours.abort();
});

it("is called by its name", () => {
  const { destination, ours } = open({ name: "a pipe" });
  expect([String(destination), String(ours)]).toEqual(["a pipe", "a pipe"]);
  expect(String(open().ours)).toBe("duplex");
});

import { Duplex, duplexPair } from "node:stream";
import { AsyncWriteError, PENDING, type Reader } from "@aw/core";
import { DuplexConnection, DuplexDestination } from "@aw/node";
import { readToEnd } from "@aw/testing";
import { describe, expect, it } from "vitest";

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function pair(): { ours: DuplexConnection; near: Duplex; far: Duplex } {
  const [near, far] = duplexPair();
  return { ours: new DuplexConnection(new DuplexDestination(near)), near, far };
}

describe("DuplexConnection", () => {
  it("delivers in order and half-closes", async () => {
    const { ours, far } = pair();
    const received = readToEnd(far);
    await ours.writeAll("hello ");
    await ours.writeAll("x".repeat(500_000));
    await ours.close();
    expect(String(await received)).toBe(`hello ${"x".repeat(500_000)}`);
    far.end("answer");
    expect(await new Response(ours.readable).text()).toBe("answer");
  });

  it("holds two slabs at most while the other end takes nothing", async () => {
    const { ours } = pair();
    let accepted = 0;
    for (let full = 0; full < 20; full++) {
      const n = ours.pollWrite({ wake() {} }, new Uint8Array(50_000));
      if (n === PENDING) await turn();
      else {
        accepted += n;
        full = 0;
      }
    }
    expect(accepted).toBeLessThanOrEqual(512 * 1024);
    ours.abort();
  });

  it("fails with the error of the duplex, and wakes who waits", async () => {
    const { ours, near } = pair();
    const waiting = ours.writeAll(new Uint8Array(2 << 20)).catch((error: unknown) => error);
    near.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    expect(await waiting).toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
  });

  it("is a broken pipe when the duplex was closed under it", async () => {
    const { ours, near } = pair();
    near.destroy();
    await turn();
    await expect(ours.writeAll("x")).rejects.toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
  });
});

describe("the reader of a DuplexConnection", () => {
  function unasked(checkEnd?: DuplexDestination["checkEnd"]): {
    duplex: Duplex;
    connection: DuplexConnection;
  } {
    const duplex = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const destination = new DuplexDestination(duplex);
    if (checkEnd !== undefined) destination.checkEnd = checkEnd;
    return { duplex, connection: new DuplexConnection(destination) };
  }

  function source(checkEnd?: DuplexDestination["checkEnd"]): {
    duplex: Duplex;
    connection: DuplexConnection;
    reader: Reader;
  } {
    const { duplex, connection } = unasked(checkEnd);
    return { duplex, connection, reader: connection.reader };
  }

  async function text(reader: Reader): Promise<string> {
    return Buffer.from((await reader.read()) ?? []).toString();
  }

  it("takes nothing, and has no listener on the duplex, before somebody reads", async () => {
    const { duplex, connection, reader } = source();
    expect(connection.reader).toBe(reader);
    expect(duplex.listenerCount("data") + duplex.listenerCount("end")).toBe(0);
    duplex.push("abc");
    await turn();
    expect(duplex.readableLength).toBe(3);
    expect(await text(reader)).toBe("abc");
  });

  it("reads at most 64 KiB ahead, and one chunk; then the duplex waits", async () => {
    const { duplex, reader } = source();
    await Promise.race([reader.peek(1), turn()]);
    const chunk = Buffer.alloc(16 * 1024, "x");
    for (let n = 0; n < 20; n++) {
      duplex.push(chunk);
      await turn();
    }
    expect(duplex.isPaused()).toBe(true);
    expect(duplex.readableLength).toBe(15 * 16 * 1024);
    duplex.push(null);
    expect((await reader.readAll()).length).toBe(20 * 16 * 1024);
  });

  it("leaves in the duplex what is more than that, also if it came before anybody read", async () => {
    const duplex = new Duplex({
      readableHighWaterMark: 1024 * 1024,
      read() {},
      write: (_chunk, _encoding, done) => done(),
    });
    const { reader } = new DuplexConnection(new DuplexDestination(duplex));
    const chunk = Buffer.alloc(16 * 1024, "x");
    for (let n = 0; n < 20; n++) duplex.push(chunk);
    await reader.peek(1);
    await turn();
    expect(duplex.readableLength).toBe(15 * 16 * 1024);
    duplex.push(null);
    expect((await reader.readAll()).length).toBe(20 * 16 * 1024);
  });

  it.each(["end", "error"])("what came ahead comes before the %s", async (how) => {
    const { duplex, reader } = source((done) =>
      done(new AsyncWriteError("ERR_AW_TRUNCATED", "cut")),
    );
    const first = reader.read();
    duplex.push("a");
    await first;
    duplex.push("b");
    await turn();
    if (how === "end") duplex.push(null);
    else duplex.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    await turn();
    expect(await text(reader)).toBe("b");
    const code = how === "end" ? "ERR_AW_TRUNCATED" : "ERR_AW_CONNECTION_RESET";
    await expect(reader.read()).rejects.toMatchObject({ code });
  });

  it("ends with the duplex, also if that ended before", async () => {
    const { duplex, reader } = source();
    duplex.push(null);
    duplex.resume();
    await turn();
    expect(await reader.text()).toBe("");
  });

  it("fails with the duplex, also if that was cut off before", async () => {
    const { duplex, connection, reader } = source();
    await connection.close();
    duplex.destroy();
    await turn();
    await expect(reader.text()).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
  });

  it.each([
    ["without a word", undefined],
    ["by an error", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })],
  ])("fails with what cut the duplex off before anybody had asked for it: %s", async (_, cause) => {
    const { duplex, connection } = unasked();
    await connection.close();
    duplex.destroy(cause);
    await turn();
    const error = await connection.reader.text().catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    expect((error as Error).cause).toBe(cause);
  });

  it("discards the rest when it is aborted, so that the end is noticed", async () => {
    const { duplex, reader } = source();
    reader.abort();
    duplex.push("nobody wants this");
    duplex.push(null);
    for (let turns = 0; turns < 5 && !duplex.readableEnded; turns++) await turn();
    expect(duplex.readableEnded).toBe(true);
  });

  it("discards 1 MiB at most: then the peer has to wait", async () => {
    const { duplex, reader } = source();
    reader.abort();
    for (let n = 0; n < 20 && !duplex.isPaused(); n++) {
      duplex.push(Buffer.alloc(256 * 1024));
      await turn();
    }
    expect(duplex.isPaused()).toBe(true);
  });

  it("has memory of its own where the other end may still have its chunk", async () => {
    const { ours, far } = pair();
    const chunk = Buffer.alloc(1000, "x");
    far.write(chunk);
    const read = await ours.reader.read();
    chunk.fill("y");
    expect(Buffer.from(read ?? []).toString()).toBe("x".repeat(1000));
    far.write(chunk);
    await ours.readable.getReader().read();
    expect(chunk.length).toBe(1000);
  });

  it.each(["error", "close"])(
    "has what came before an %s, also if nobody had read",
    async (how) => {
      const { duplex, reader } = source();
      duplex.push("abc");
      await turn();
      duplex.destroy(how === "error" ? new Error("broken") : undefined);
      await turn();
      expect(await text(reader)).toBe("abc");
      await expect(reader.read()).rejects.toMatchObject({ name: "AsyncWriteError" });
    },
  );

  it("has nothing any more after an abort of the connection", async () => {
    const { duplex, connection, reader } = source();
    duplex.push("abc");
    await turn();
    connection.abort();
    await turn();
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });

  it("reads what a duplex decodes as text, and fails at what is no byte", async () => {
    const { duplex, reader } = source();
    duplex.setEncoding("latin1");
    duplex.push(Buffer.of(0xe9));
    expect(await reader.read()).toEqual(Uint8Array.of(0xe9));
    const objects = new Duplex({
      readableObjectMode: true,
      read() {},
      write: (_chunk, _encoding, done) => done(),
    });
    const { reader: ofObjects } = new DuplexConnection(new DuplexDestination(objects));
    objects.push({ no: "bytes" });
    await expect(ofObjects.read()).rejects.toMatchObject({ code: "ERR_AW_INVALID_ARGUMENT" });
  });

  it("refuses, while its stream is read, to read itself", async () => {
    const { ours } = pair();
    const lock = ours.readable.getReader();
    await expect(ours.reader.read()).rejects.toMatchObject({
      code: "ERR_AW_PROTOCOL",
      message: expect.stringContaining("its stream is being read") as string,
    });
    lock.releaseLock();
    const waiting = ours.reader.read();
    ours.abort();
    await expect(waiting).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });

  it("a loop that was left goes on where it stopped", async () => {
    const { ours, far } = pair();
    far.write("one");
    for await (const chunk of ours.reader) {
      expect(Buffer.from(chunk).toString()).toBe("one");
      break;
    }
    far.end("two");
    expect(await ours.reader.text()).toBe("two");
  });
});

describe("a duplex", () => {
  it("has one connection at a time", async () => {
    const { near } = pair();
    expect(() => new DuplexDestination(near)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining("belongs to another connection") as string,
      }),
    );
  });
});

import { Duplex, duplexPair } from "node:stream";
import { AsyncWriteError, PENDING } from "@aw/core";
import { DuplexConnection, DuplexDestination, readableStreamOf } from "@aw/node";
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
    const received = far.toArray();
    await ours.writeAll("hello ");
    await ours.writeAll("x".repeat(500_000));
    await ours.close();
    expect(Buffer.concat(await received).toString()).toBe(`hello ${"x".repeat(500_000)}`);
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

describe("readableStreamOf", () => {
  function source(): Duplex {
    return new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  }

  it("reads nothing before somebody reads", async () => {
    const duplex = source();
    const stream = readableStreamOf(duplex, () => "test");
    duplex.push("abc");
    await turn();
    expect(duplex.readableLength).toBe(3);
    const { value } = await stream.getReader().read();
    expect(Buffer.from(value ?? []).toString()).toBe("abc");
  });

  it("takes one chunk ahead of its reader, and no more", async () => {
    const duplex = source();
    const reader = readableStreamOf(duplex, () => "test").getReader();
    const first = reader.read();
    for (const chunk of ["a", "b", "c", "d"]) {
      duplex.push(chunk);
      await turn();
    }
    expect(duplex.readableLength).toBe(2);
    duplex.push(null);
    const chunks = [await first, await reader.read(), await reader.read(), await reader.read()];
    expect(chunks.map(({ value }) => String(value))).toEqual(["a", "b", "c", "d"]);
    expect((await reader.read()).done).toBe(true);
  });

  it.each(["end", "error"])("what came ahead comes before the %s", async (how) => {
    const duplex = source();
    const reader = readableStreamOf(duplex, () => "test", {
      checkEnd: (done) => done(new AsyncWriteError("ERR_AW_TRUNCATED", "cut")),
    }).getReader();
    const first = reader.read();
    duplex.push("a");
    await first;
    duplex.push("b");
    await turn();
    if (how === "end") duplex.push(null);
    else duplex.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    await turn();
    expect(String((await reader.read()).value)).toBe("b");
    const code = how === "end" ? "ERR_AW_TRUNCATED" : "ERR_AW_CONNECTION_RESET";
    await expect(reader.read()).rejects.toMatchObject({ code });
  });

  it("ends with the source, also if that ended before", async () => {
    const duplex = source();
    duplex.push(null);
    duplex.resume();
    await turn();
    expect(await new Response(readableStreamOf(duplex, () => "test")).text()).toBe("");
  });

  it("fails with the source, also if that was cut off before", async () => {
    const duplex = source();
    duplex.destroy();
    await turn();
    await expect(new Response(readableStreamOf(duplex, () => "test")).text()).rejects.toMatchObject(
      {
        code: "ERR_AW_CONNECTION_RESET",
      },
    );
  });

  it("discards the rest when it is cancelled, so that the end is noticed", async () => {
    const duplex = source();
    const stream = readableStreamOf(duplex, () => "test");
    await stream.cancel();
    duplex.push("nobody wants this");
    duplex.push(null);
    for (let turns = 0; turns < 5 && !duplex.readableEnded; turns++) await turn();
    expect(duplex.readableEnded).toBe(true);
  });
});

import { duplexPair, type Duplex } from "node:stream";
import type { Reader } from "@aw/core";
import { fromNodeDuplex } from "@aw/node";
import { readToEnd } from "@aw/testing";
import { describe, expect, it } from "vitest";

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** How many listeners a stream has, of all events. */
function listeners(stream: Duplex): number {
  return stream.eventNames().reduce((sum, name) => sum + stream.listenerCount(name), 0);
}

function parts(duplex: Duplex): { reader: Reader; release: () => Promise<void> } {
  const connection = fromNodeDuplex(duplex);
  return { reader: connection.reader, release: () => connection.release() };
}

describe("release", () => {
  it("hands the duplex back: everything is sent, both directions are open, no listener is left", async () => {
    const [near, far] = duplexPair();
    const before = listeners(near);
    const ours = fromNodeDuplex(near);
    await ours.writeAll("hello ");
    await ours.release();
    expect(listeners(near)).toBe(before);
    expect([ours.state, near.writable, near.readable]).toEqual(["closed", true, true]);
    near.end("world");
    expect(String(await readToEnd(far))).toBe("hello world");
  });

  it("puts back what was read ahead, and ends whoever reads", async () => {
    const [near, far] = duplexPair();
    const before = listeners(near);
    const ours = fromNodeDuplex(near);
    const reader = ours.readable.getReader();
    far.write("first");
    await reader.read();
    far.write("second");
    far.write("third");
    await turn();
    await ours.release();
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
    expect(listeners(near)).toBe(before);
    far.end();
    expect(String(await readToEnd(near))).toBe("secondthird");
  });

  it("puts back what was read too far: what the reader holds, and what it was given back", async () => {
    const [near, far] = duplexPair();
    const { reader, ...ours } = parts(near);
    far.write("HEADER\nbody begins");
    expect(await reader.readLine()).toBe("HEADER");
    reader.unread(Buffer.from("again, "));
    const tooMuch = reader.readExactly(1000);
    const refused = expect(tooMuch).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
    await turn();
    await ours.release();
    await refused;
    far.end(", and ends");
    expect(String(await readToEnd(near))).toBe("again, body begins, and ends");
  });

  it("puts back what was given back before anything was read", async () => {
    const [near, far] = duplexPair();
    const { reader, ...ours } = parts(near);
    reader.unread(Buffer.from("a "));
    await ours.release();
    far.end("b");
    expect(String(await readToEnd(near))).toBe("a b");
  });

  it("leaves a stream that nobody has read as it is: it flows for the next listener", async () => {
    const [near, far] = duplexPair();
    await parts(near).release();
    let text = "";
    near.on("data", (chunk) => (text += chunk));
    far.write("hello");
    await turn();
    expect(text).toBe("hello");
  });

  it("can be made a connection again", async () => {
    const [near, far] = duplexPair();
    await fromNodeDuplex(near).release();
    const ours = fromNodeDuplex(near);
    far.end("hello");
    expect(await ours.reader.text()).toBe("hello");
    ours.abort();
  });

  it("a reader that waits hears of it", async () => {
    const [near] = duplexPair();
    const ours = fromNodeDuplex(near);
    const read = ours.readable.getReader().read();
    const refused = expect(read).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
    await ours.release();
    await refused;
  });

  it("leaves a stream that was read to its end as it is", async () => {
    const [near, far] = duplexPair();
    const ours = fromNodeDuplex(near);
    far.end("all");
    const { readable } = ours;
    const reader = readable.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("all");
    expect((await reader.read()).done).toBe(true);
    await ours.release();
    expect((await reader.read()).done).toBe(true);
    expect(near.writable).toBe(true);
  });

  it("an abort, a dispose or a cancel after it leaves the duplex alone", async () => {
    const [near] = duplexPair();
    const ours = fromNodeDuplex(near);
    const { readable } = ours;
    await ours.release();
    ours.abort();
    await ours[Symbol.asyncDispose]();
    await readable.cancel().catch(() => {});
    await turn();
    expect([near.destroyed, near.writable]).toEqual([false, true]);
  });

  it("rejects as close does, and the duplex is destroyed then", async () => {
    const [near] = duplexPair();
    const ours = fromNodeDuplex(near);
    ours.abort("enough");
    await expect(ours.release()).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    expect(near.destroyed).toBe(true);
  });
});

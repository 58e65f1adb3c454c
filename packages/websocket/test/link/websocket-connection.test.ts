import { AsyncWriteError, buffered, Writer } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HALF_CLOSE } from "../../src/link/half-close.ts";
import { WebSocketMessages } from "../../src/link/messages.ts";
import { WebSocketConnection } from "../../src/link/websocket-connection.ts";
import { bytesOf } from "../instruments.ts";
import { SilentLink } from "./silent-link.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function layered(protocol?: string): {
  link: SilentLink;
  connection: WebSocketConnection;
  layer: Writer;
} {
  const link = new SilentLink(protocol);
  const connection = new WebSocketConnection(link);
  return { link, connection, layer: buffered(connection) };
}

describe("a peer that does not answer", () => {
  it("the close after its own fault is cut off after closeTimeout", () => {
    const link = new SilentLink();
    const connection = new WebSocketConnection(link, { closeTimeout: 1000 });
    link.events.text("no bytes");
    expect(connection.state).toBe("failed");
    expect(link.ending).toEqual(["close 1003 only binary messages"]);
    vi.advanceTimersByTime(999);
    expect(link.ending).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(link.ending).toEqual(["close 1003 only binary messages", "terminate"]);
  });

  it("the close after both halves is cut off after closeTimeout", async () => {
    const link = new SilentLink(HALF_CLOSE);
    const connection = new WebSocketConnection(link, { closeTimeout: 1000 });
    await connection.close();
    expect(link.ending).toEqual([]);
    link.events.binary(new Uint8Array(0));
    expect(link.ending).toEqual(["close 1000"]);
    vi.advanceTimersByTime(999);
    expect(link.ending).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(link.ending).toEqual(["close 1000", "terminate"]);
  });

  it("may take its time to end its half, unless nobody reads it", async () => {
    const link = new SilentLink(HALF_CLOSE);
    const connection = new WebSocketConnection(link, { closeTimeout: 1000 });
    await connection.close();
    vi.advanceTimersByTime(100_000);
    expect(link.ending).toEqual([]);
    await connection.readable.cancel();
    vi.advanceTimersByTime(1000);
    expect(link.ending).toEqual(["terminate"]);
  });

  it("a drop is cut off at once by an abort", () => {
    const link = new SilentLink();
    const connection = new WebSocketConnection(link);
    connection.drop(1001);
    connection.abort();
    expect(link.ending).toEqual(["close 1001", "terminate"]);
    expect(vi.getTimerCount()).toBe(0);
    const other = new SilentLink();
    const messages = new WebSocketMessages(other);
    messages.drop(1001);
    messages.abort();
    expect(other.ending).toEqual(["close 1001", "terminate"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("in time leaves no timer", () => {
    const link = new SilentLink();
    const connection = new WebSocketConnection(link, { closeTimeout: 1000 });
    connection.drop(1001, "bye");
    expect(link.ending).toEqual(["close 1001 bye"]);
    link.events.closed({ code: 1001, reason: "bye" });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an abort of a layer", () => {
  it("cuts the connection off while it is open, with the reason for its reader", async () => {
    const { link, connection, layer } = layered();
    layer.abort("no more");
    expect(link.ending).toEqual(["terminate"]);
    const reading = connection.readable.getReader().read();
    await expect(reading).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "no more" });
  });

  it("cuts the connection off while the peer owes its answer to the close", async () => {
    const { link, layer } = layered();
    const closing = layer.close();
    expect(link.ending).toEqual(["close 1000"]);
    layer.abort();
    expect(link.ending).toEqual(["close 1000", "terminate"]);
    expect(vi.getTimerCount()).toBe(0);
    await expect(closing).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });

  it("cuts off what is being dropped, once", () => {
    const { link, connection, layer } = layered();
    connection.drop(1001);
    layer.abort();
    expect(link.ending).toEqual(["close 1001", "terminate"]);
    expect(vi.getTimerCount()).toBe(0);
    connection.abort();
    expect(link.ending).toEqual(["close 1001", "terminate"]);
  });

  it("cuts off a connection that failed by what its peer sent", async () => {
    const { link, layer } = layered();
    link.events.text("no bytes");
    await expect(layer.flush()).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
    layer.abort();
    expect(link.ending).toEqual(["close 1003 only binary messages", "terminate"]);
  });

  it("cuts off a connection whose own close is done while the peer may still send", async () => {
    const { link, connection, layer } = layered(HALF_CLOSE);
    await connection.close();
    layer.abort("no more");
    expect(link.ending).toEqual(["terminate"]);
    const reading = connection.readable.getReader().read();
    await expect(reading).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "no more" });
  });

  it("leaves a connection alone that is gone", async () => {
    const { link, layer } = layered();
    link.events.closed({ code: 1000, reason: "" });
    layer.abort();
    expect(link.ending).toEqual([]);
    const closed = layered(HALF_CLOSE);
    await closed.connection.close();
    closed.link.events.binary(new Uint8Array(0));
    closed.link.events.closed({ code: 1000, reason: "" });
    closed.layer.abort();
    expect(closed.link.ending).toEqual(["close 1000"]);
  });
});

it("is a Writer, and no class is between them", () => {
  expect(Object.getPrototypeOf(WebSocketConnection)).toBe(Writer);
});

describe("a peer that closes in good order", () => {
  it("after all was sent, flushed or not, lets a close succeed and a write fail", async () => {
    const { link, connection } = layered();
    await connection.writeAll("sent at the end of the turn");
    await vi.waitUntil(() => link.log.includes("27 bytes"));
    // As links do once they are gone.
    link.drained = () => {};
    link.events.closed({ code: 1000, reason: "" });
    expect(connection.state).toBe("open");
    await connection.close();
    const { connection: other, link: otherLink } = layered();
    otherLink.events.closed({ code: 1000, reason: "" });
    await other.writeAll("too late");
    await expect(other.flush()).rejects.toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
  });

  it("before all was sent fails the connection", async () => {
    const { link, connection } = layered();
    await connection.writeAll("gathered");
    link.events.closed({ code: 1000, reason: "" });
    expect(connection.state).toBe("failed");
    await expect(connection.flush()).rejects.toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
  });
});

describe("an end that is not in good order", () => {
  const ends = [
    { name: "a cut", protocol: "", code: 1006, error: "ERR_AW_CONNECTION_RESET" },
    {
      name: "a cut, half-close",
      protocol: HALF_CLOSE,
      code: 1006,
      error: "ERR_AW_CONNECTION_RESET",
    },
    {
      name: "1000 before its half ended",
      protocol: HALF_CLOSE,
      code: 1000,
      error: "ERR_AW_TRUNCATED",
    },
  ];

  it.each(ends)(
    "$name fails reader and writer, and is final",
    async ({ protocol, code, error }) => {
      const { link, connection } = layered(protocol);
      link.events.closed({ code, reason: "" });
      expect(connection.state).toBe("failed");
      const reading = connection.readable.getReader().read();
      await expect(reading).rejects.toMatchObject({
        code: error,
        message: expect.stringMatching(/^websocket test: /),
        cause: { closeCode: code },
      });
      await expect(connection.flush()).rejects.toMatchObject({ cause: { closeCode: code } });
      expect(link.ending).toEqual([]);
    },
  );

  it("a fault of the peer after our close is answered with its code", async () => {
    const { link, connection } = layered(HALF_CLOSE);
    await connection.close();
    link.events.text("no bytes");
    expect(link.ending).toEqual(["close 1003 only binary messages"]);
    const reading = connection.readable.getReader().read();
    await expect(reading).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
  });

  it("a link that breaks while the peer is being told why is cut off", () => {
    const { link, connection } = layered();
    connection.drop(1001);
    link.events.failed(new AsyncWriteError("ERR_AW_TIMEOUT", "no sign of life"));
    expect(link.ending).toEqual(["close 1001", "terminate"]);
  });

  it("has the name of the link in its message", async () => {
    const { connection } = layered();
    expect(String(connection)).toBe("websocket test");
    connection.drop(1008, "too slow");
    const message = "websocket test: dropped with code 1008";
    await expect(connection.flush()).rejects.toMatchObject({ message });
  });
});

describe("a link that still connects", () => {
  function connecting() {
    const link = new SilentLink();
    link.isOpen = false;
    const connection = new WebSocketConnection(link);
    return { link, connection, sent: () => link.log.filter((line) => line.endsWith("bytes")) };
  }

  it("gets what was written and the close once it is open, in order", async () => {
    const { link, connection, sent } = connecting();
    await connection.writeAll("early");
    const flushed = connection.flush();
    const closed = connection.close();
    expect(sent()).toEqual([]);
    link.isOpen = true;
    link.events.opened();
    await flushed;
    expect(sent()).toEqual(["5 bytes"]);
    expect(link.ending).toEqual(["close 1000"]);
    link.events.closed({ code: 1000, reason: "" });
    await closed;
  });

  it("is cut off by an abort or a drop, and sends nothing if it opens all the same", async () => {
    for (const end of ["abort", "drop"] as const) {
      const { link, connection, sent } = connecting();
      await connection.writeAll("early");
      const flushed = connection.flush();
      if (end === "abort") connection.abort();
      else connection.drop(1001);
      await expect(flushed).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
      link.isOpen = true;
      link.events.opened();
      expect(sent()).toEqual([]);
      expect(link.ending).toEqual(["terminate"]);
    }
  });
});

describe("with the half-close", () => {
  it("a reader that cancelled before the close gives the peer closeTimeout to end", async () => {
    const link = new SilentLink(HALF_CLOSE);
    const connection = new WebSocketConnection(link, { closeTimeout: 1000 });
    await connection.readable.cancel();
    vi.advanceTimersByTime(100_000);
    expect(link.ending).toEqual([]);
    await connection.close();
    vi.advanceTimersByTime(999);
    expect(link.ending).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(link.ending).toEqual(["terminate"]);
  });

  it("nothing is waited for by a reader that cancels when the connection is gone", async () => {
    const link = new SilentLink(HALF_CLOSE);
    const connection = new WebSocketConnection(link);
    await connection.close();
    link.events.closed({ code: 1006, reason: "" });
    await connection.readable.cancel().catch(() => {});
    expect(vi.getTimerCount()).toBe(0);
  });

  it("bytes behind the end of the peer are ignored, and its end closes once both have ended", async () => {
    const link = new SilentLink(HALF_CLOSE);
    const connection = new WebSocketConnection(link);
    link.events.binary(new Uint8Array([1]));
    link.events.binary(new Uint8Array(0));
    link.events.binary(new Uint8Array([2]));
    expect(link.ending).toEqual([]);
    expect(await bytesOf(connection.readable)).toEqual(Buffer.from([1]));
    await connection.close();
    expect(link.ending).toEqual(["close 1000"]);
  });
});

it("an empty message means nothing without the half-close", async () => {
  const { link, connection } = layered();
  link.events.binary(new Uint8Array(0));
  link.events.binary(new Uint8Array([7]));
  link.events.closed({ code: 1000, reason: "" });
  expect(await bytesOf(connection.readable)).toEqual(Buffer.from([7]));
});

it("takes 64 KiB to a message and 10 s for a close, unless told otherwise", async () => {
  const { link, connection } = layered();
  await connection.writeAll("x");
  await connection.flush();
  expect(link.maxLength).toBe(65_536);
  const closed = connection.close();
  closed.catch(() => {});
  vi.advanceTimersByTime(9999);
  expect(link.ending).toEqual(["close 1000"]);
  vi.advanceTimersByTime(1);
  expect(link.ending).toEqual(["close 1000", "terminate"]);
  await expect(closed).rejects.toMatchObject({
    code: "ERR_AW_TIMEOUT",
    message: expect.stringMatching(/10000 ms/),
  });
});

it("refuses an option that can't be meant, and a drop that looks like an orderly end", () => {
  const refused = expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" });
  const options = { maxMessageBytes: 0 };
  expect(() => new WebSocketConnection(new SilentLink(), options)).toThrow(refused);
  const { link, connection } = layered();
  expect(() => connection.drop(1000)).toThrow(refused);
  expect(connection.state).toBe("open");
  expect(link.ending).toEqual([]);
});

it.each([
  ["", "", false],
  ["chat", "chat", false],
  [HALF_CLOSE, "", true],
  [`chat+${HALF_CLOSE}`, "chat", true],
])("of the subprotocol %j says %j, half-close %j", (agreed, protocol, halfClose) => {
  const { connection } = layered(agreed);
  expect([connection.protocol, connection.halfClose]).toEqual([protocol, halfClose]);
});

it("is flushed once the link has sent everything, and not before", async () => {
  const { link, connection } = layered();
  const drained: (() => void)[] = [];
  link.drained = (done) => drained.push(done);
  await connection.writeAll("x");
  let flushed = false;
  const flushing = connection.flush().then(() => (flushed = true));
  await vi.waitUntil(() => drained.length === 1);
  expect(flushed).toBe(false);
  drained[0]?.();
  await flushing;
});

describe("what nobody has read", () => {
  const unread = () => {
    const made = layered();
    made.link.events.binary(new Uint8Array([1, 2]));
    return made;
  };

  it("is dropped by an abort and a drop of this end", async () => {
    for (const end of ["abort", "drop"] as const) {
      const { connection } = unread();
      if (end === "abort") connection.abort("no more");
      else connection.drop(1008, "no more");
      await expect(connection.reader.read()).rejects.toMatchObject({
        code: "ERR_AW_ABORTED",
        cause: end === "abort" ? "no more" : expect.objectContaining({ code: "ERR_AW_ABORTED" }),
      });
    }
  });

  it("is read before the failure of a link, and before its end", async () => {
    const { link, connection } = unread();
    link.events.failed(new AsyncWriteError("ERR_AW_TIMEOUT", "no sign of life"));
    expect(await connection.reader.read()).toEqual(new Uint8Array([1, 2]));
    await expect(connection.reader.read()).rejects.toMatchObject({ code: "ERR_AW_TIMEOUT" });
    const ended = unread();
    ended.link.events.closed({ code: 1000, reason: "" });
    expect(await ended.connection.reader.text()).toBe("\u0001\u0002");
  });

  it("does not keep the answer to a close from coming", async () => {
    const { link, connection } = layered();
    for (let count = 0; count < 2; count++) link.events.binary(new Uint8Array(32 * 1024));
    expect(link.log.at(-1)).toBe("pause");
    const closing = connection.close();
    expect(link.log).toContain("close 1000");
    expect(link.log.slice(link.log.lastIndexOf("pause"))).toContain("resume");
    link.events.closed({ code: 1000, reason: "" });
    await closing;
  });
});

describe("a peer that is gone while its bytes wait for the reader", () => {
  const lost = new AsyncWriteError("ERR_AW_CONNECTION_RESET", "gone");
  const gone = (protocol?: string) => {
    const made = layered(protocol);
    made.link.events.binary(new Uint8Array([1, 2]));
    return made;
  };

  it("fails what is written, and is read to its end", async () => {
    const { link, connection } = gone();
    link.events.lost(lost);
    await expect(connection.writeAll("x").then(() => connection.flush())).rejects.toBe(lost);
    expect(link.log).not.toContain("1 bytes");
    expect(await connection.reader.read()).toEqual(new Uint8Array([1, 2]));
    link.events.closed({ code: 1006, reason: "" });
    await expect(connection.reader.read()).rejects.toMatchObject({
      code: "ERR_AW_CONNECTION_RESET",
      cause: { closeCode: 1006 },
    });
  });

  it("may have answered a close", async () => {
    const { link, connection } = gone();
    const closing = connection.close();
    link.events.lost(lost);
    link.events.closed({ code: 1000, reason: "" });
    await closing;
    expect(await connection.reader.text()).toBe("\u0001\u0002");
  });

  it.each([
    ["begins", false],
    ["is leaving", true],
  ])("never gets our end, with the half-close, when it %s", async (_when, isLeaving) => {
    const { link, connection } = gone(HALF_CLOSE);
    link.send = () => {};
    if (!isLeaving) link.events.lost(lost);
    const closing = connection.close();
    if (isLeaving) link.events.lost(lost);
    await expect(closing).rejects.toBe(lost);
    expect(await connection.reader.read()).toEqual(new Uint8Array([1, 2]));
  });

  it("fails no close that is done, with the half-close", async () => {
    const { link, connection } = gone(HALF_CLOSE);
    await connection.close();
    link.events.lost(lost);
    expect(connection.state).toBe("closed");
  });
});

it("fails when the peer closed in good order before the link had sent everything", () => {
  const { link, connection } = layered();
  link.events.closed({ code: 1000, reason: "", unsent: true });
  expect(connection.state).toBe("failed");
});

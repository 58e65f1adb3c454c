import {
  buffered,
  framed,
  lengthDelimited,
  lines,
  memory,
  ndjson,
  type AsyncWrite,
  type Codec,
  type Waker,
} from "@aw/core";
import { describe, expect, it, vi } from "vitest";
import { bytes, RecordingWriter, turn } from "../instruments.ts";

describe("framed", () => {
  it("sends three messages in one write at the end of the turn, and at flush", async () => {
    const inner = new RecordingWriter();
    const out = framed(inner, lines());
    for (const line of ["one", "two", "three"]) await out.send(line);
    expect(inner.calls).toEqual([]);
    await turn();
    expect(inner.calls).toEqual(["write 14"]);
    await out.send("four");
    await out.flush();
    expect(inner.calls).toEqual(["write 14", "write 5", "flush"]);
    expect(inner.text).toBe("one\ntwo\nthree\nfour\n");
  });

  it("goes on at the end of the turn with what the writer below had no room for", async () => {
    const inner = new RecordingWriter({ maxBytes: 3, pending: true });
    const out = framed(inner, lines());
    await out.send("abcdefgh");
    inner.stalled = true;
    await turn();
    await out.send("ij");
    inner.release();
    await turn();
    expect(inner.text).toBe("abcdefgh\nij\n");
  });

  it("gathers once where the writer below gathers by itself", async () => {
    const target = memory();
    const gathering = buffered(target);
    const out = framed(gathering, lines());
    await out.send("one");
    expect(gathering.pendingBytes).toBe(4);
    await turn();
    expect(target.length).toBe(0);
    await out.flush();
    expect(target.text()).toBe("one\n");
  });

  it("lets others run while the writer below takes little at a time", async () => {
    let now = performance.now();
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 10));
    const inner = new RecordingWriter({ maxBytes: 10 });
    const out = framed(inner, lines());
    let others = 0;
    try {
      await out.send("x".repeat(50_000));
      setImmediate(() => (others = inner.received.length));
      await out.flush();
    } finally {
      clock.mockRestore();
    }
    expect(others).toBeLessThan(50_001);
    expect(inner.received).toHaveLength(50_001);
  });

  it("aborts what is below once, not after close, and after a failure too", async () => {
    const sent = new RecordingWriter();
    const out = framed(sent, lines());
    // In the turn of the abort: at its end the message would leave.
    const sending = out.send("lost");
    out.abort("why");
    out.abort("again");
    await Promise.allSettled([sending, turn()]);
    expect(sent.calls).toEqual(["abort why"]);

    const closed = new RecordingWriter();
    const complete = framed(closed, lines());
    await complete.close();
    complete.abort("too late");
    expect(closed.calls).toEqual(["close"]);

    const failing = new RecordingWriter();
    const failed = framed(failing, lines());
    failing.failNext = new Error("broken");
    await failed.send("lost").catch(() => {});
    await expect(failed.flush()).rejects.toMatchObject({ cause: { message: "broken" } });
    expect(failing.calls).toEqual([]);
    failed.abort("why");
    expect(failing.calls).toEqual(["abort why"]);
    await expect(failed.send("more")).rejects.toMatchObject({ cause: { message: "broken" } });
  });

  it.each([
    [{}, [0, 0, 0, 3, 97, 98, 99]],
    [{ lengthBytes: 2, endian: "little" } as const, [3, 0, 97, 98, 99]],
    [{ lengthBytes: 1 } as const, [3, 97, 98, 99]],
  ])("puts a length before each message: %o", async (options, expected) => {
    const inner = memory();
    const out = framed(inner, lengthDelimited(options));
    await out.send(bytes("abc"));
    await out.close();
    expect([...inner.bytes()]).toEqual(expected);
  });

  it("reassembles over a 1-byte inner writer that is PENDING every second call", async () => {
    const inner = new RecordingWriter({ maxBytes: 1, pending: true });
    const out = framed(inner, lengthDelimited({ lengthBytes: 2 }));
    await out.send(bytes("ab"));
    await out.send(bytes(""));
    await out.close();
    expect(inner.received).toEqual([0, 2, 97, 98, 0, 0]);
  });

  it("refuses what is too large before any byte, and goes on", async () => {
    const inner = memory();
    const out = framed(inner, lengthDelimited({ maxLength: 3 }));
    await expect(out.send(bytes("abcd"))).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    await out.send(bytes("abc"));
    await out.close();
    expect(inner.length).toBe(7);
  });

  it("keeps heads and bodies together and in order, whatever there is room for", async () => {
    const inner = new RecordingWriter({ maxBytes: 5, pending: true });
    inner.stalled = true;
    const out = framed(inner, lengthDelimited({ lengthBytes: 2 }));
    const sizes = [3, 0, 40_000, 1, 65_000, 60_000, 2, 30_000];
    const sent = sizes.map((size) => out.send(new Uint8Array(size).fill(size & 0x7f)));
    await turn();
    inner.release();
    await Promise.all(sent);
    await out.close();
    const expected = sizes.flatMap((size) => [
      size >> 8,
      size & 0xff,
      ...new Uint8Array(size).fill(size & 0x7f),
    ]);
    expect(Buffer.from(inner.received).equals(Buffer.from(expected))).toBe(true);
  });

  it("rejects with the failure of the writer below, whichever part meets it", async () => {
    const out = framed(memory({ maxBytes: 10 }), lengthDelimited());
    await out.send(bytes("abc"));
    await out.send(bytes("much more than that"));
    await expect(out.flush()).rejects.toMatchObject({ code: "ERR_AW_WRITE_ZERO" });
    await expect(out.send(bytes("x"))).rejects.toMatchObject({ code: "ERR_AW_WRITE_ZERO" });
  });

  it("sends the text of a codec that makes text", async () => {
    const inner = memory();
    const gathering = buffered(inner);
    for (const target of [inner, gathering]) {
      const out = framed<string>(target, {
        name: "texts",
        encode: () => [],
        encodeText: (message) => `<${message}>`,
      });
      await out.send("zwölf");
      await out.send("\ud800");
      await out.flush();
    }
    expect(inner.text()).toBe("<zwölf><\ufffd>".repeat(2));
  });

  it("measures a text only where it may be too long", async () => {
    const out = framed(memory(), lines({ maxLength: 7 }));
    await out.send("äöü");
    await expect(out.send("äöüa")).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    await expect(out.send("日本語")).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    await out.send("abcdef");
  });

  it("never writes a length that its bytes can't hold", async () => {
    const out = framed(memory(), lengthDelimited({ lengthBytes: 1, maxLength: 1000 }));
    await expect(out.send(new Uint8Array(256))).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
  });

  it("sends nothing of a message that its signal has stopped before", async () => {
    const inner = memory();
    const out = framed(inner, lengthDelimited());
    const signal = AbortSignal.abort("too late");
    await expect(out.send(bytes("abc"), { signal })).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "too late",
    });
    await out.close();
    expect(inner.length).toBe(0);
  });

  it.each<[string, Codec<string>, string]>([
    ["lines", lines({ newline: "\r\n" }), "zwölf\r\n"],
    ["ndjson", ndjson(), '"zwölf"\n'],
  ])("a codec of one's own can encode by that of %s", async (_name, codec, expected) => {
    const inner = memory();
    const own: Codec<string> = { name: "own", encode: (message) => codec.encode(message) };
    const out = framed(inner, own);
    await out.send("zwölf");
    await out.close();
    expect(inner.text()).toBe(expected);
  });

  it("keeps pending bytes when its codec changes", async () => {
    const inner = memory();
    const out = framed<string>(inner, lines());
    await out.send("hello");
    out.codec = { name: "shout", encode: (message) => [bytes(`${message.toUpperCase()}!`)] };
    await out.send("hello");
    expect(String(out)).toBe("framed(shout) > memory");
    await out.close();
    expect(inner.text()).toBe("hello\nHELLO!");
  });

  it("writes JSON lines, and refuses what is none", async () => {
    const inner = memory();
    const out = framed<unknown>(inner, ndjson());
    await out.send({ text: "a\nb" });
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    for (const message of [undefined, () => {}, circular, 7n]) {
      await expect(out.send(message)).rejects.toMatchObject({ code: "ERR_AW_INVALID_ARGUMENT" });
    }
    await out.close();
    expect(inner.text()).toBe('{"text":"a\\nb"}\n');
  });

  it("refuses a line with a newline inside", async () => {
    await expect(framed(memory(), lines()).send("a\nb")).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
    await expect(framed(memory(), lines({ maxLength: 3 })).send("abc")).rejects.toMatchObject({
      code: "ERR_AW_LIMIT",
    });
  });

  it("waits while the destination is slow, fails with it, and aborts unless it was closed", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    {
      await using out = framed(inner, lines());
      await out.send("x".repeat(60_000));
      const stuck = out.send("y".repeat(60_000));
      inner.release();
      await stuck;
    }
    expect(inner.state).toBe("failed");
  });
});

describe("a codec whose messages have parts", () => {
  it.each([
    [[]],
    [[""]],
    [["a"]],
    [["", "b"]],
    [["a", ""]],
    [["a", "b"]],
    [["a", "b", "c"]],
    [["", "", "c", ""]],
  ])("sends all of %j, in order, over every kind of writer", async (parts) => {
    const codec = { name: "parts", encode: () => parts.map(bytes) };
    const target = memory();
    for (const inner of [new RecordingWriter({ maxBytes: 2, pending: true }), buffered(target)]) {
      const out = framed(inner, codec);
      const { signal } = new AbortController();
      await out.send(0);
      await out.send(0, { signal });
      await out.close();
      const text = inner instanceof RecordingWriter ? inner.text : target.text();
      expect(text).toBe(parts.join("").repeat(2));
    }
  });
});

describe("framed over an object with the polls alone", () => {
  function bare(answers: object = {}) {
    const wakers: Waker[] = [];
    const target: AsyncWrite = {
      pollWrite(waker, buf) {
        wakers.push(waker);
        return buf.length;
      },
      pollVectoredWrite: (_waker, bufs) => bufs[0]?.length ?? 0,
      pollFlush() {},
      pollClose() {},
      ...answers,
    };
    return { target, wakers };
  }

  it("is woken late, and for nothing, without harm", async () => {
    const { target, wakers } = bare();
    const out = framed(target, lines());
    await out.send("one");
    await out.flush();
    for (const waker of wakers) waker.wake();
    await turn();
    await out.send("two");
    await out.close();
    for (const waker of wakers) waker.wake();
    await turn();
    expect(wakers).toHaveLength(2);
  });

  it("can be aborted after a failure, although what is below can't", async () => {
    const { target } = bare({
      pollWrite() {
        throw new Error("broken");
      },
    });
    const out = framed(target, lines());
    await out.send("lost");
    await expect(out.flush()).rejects.toMatchObject({ cause: { message: "broken" } });
    out.abort("why");
    await expect(out.send("more")).rejects.toMatchObject({ cause: { message: "broken" } });
  });
});

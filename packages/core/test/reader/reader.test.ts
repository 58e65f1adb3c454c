import { PENDING, Reader, SourceEngine, toReader } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, counted, CountingWaker, turn } from "../instruments.ts";
import { ManualSource } from "./source.ts";

/** A reader, and the source that feeds it. */
function fed(...chunks: string[]): { reader: Reader; source: ManualSource } {
  const source = new ManualSource();
  const reader = new Reader(new SourceEngine(source));
  source.ready = chunks.map(bytes);
  return { reader, source };
}

/** A reader of these chunks, and then the end. */
function of(...chunks: string[]): Reader {
  const { reader, source } = fed(...chunks);
  for (const chunk of source.ready.splice(0)) source.control.push(chunk);
  source.control.end();
  return reader;
}

const text = (chunk: Uint8Array | undefined): string | undefined =>
  chunk === undefined ? undefined : new TextDecoder().decode(chunk);

describe("Reader", () => {
  it("reads chunk by chunk, then undefined, again and again", async () => {
    const reader = of("ab", "c");
    expect(text(await reader.read())).toBe("ab");
    expect(text(await reader.read())).toBe("c");
    expect(await reader.read()).toBeUndefined();
    expect(await reader.read()).toBeUndefined();
  });

  it("waits for a byte, and runs operations in the order of the calls", async () => {
    const { reader, source } = fed();
    const order: string[] = [];
    const first = reader.readExactly(3).then((chunk) => order.push(`3: ${text(chunk)}`));
    const second = reader.read().then((chunk) => order.push(`rest: ${text(chunk)}`));
    await turn();
    source.control.push(bytes("ab"));
    await turn();
    expect(order).toEqual([]);
    source.control.push(bytes("cde"));
    await Promise.all([first, second]);
    expect(order).toEqual(["3: abc", "rest: de"]);
  });

  it("gives memory that is the caller's own", async () => {
    const mine = bytes("mine");
    const chunk = await toReader(mine).read();
    expect(chunk).toEqual(mine);
    expect(chunk?.buffer).not.toBe(mine.buffer);
  });

  it("reads into memory of the caller's, and says 0 at the end", async () => {
    const reader = of("abc", "d");
    const target = new Uint8Array(2);
    expect([await reader.readInto(target), text(target)]).toEqual([2, "ab"]);
    expect([await reader.readInto(target), text(target)]).toEqual([1, "cb"]);
    expect([await reader.readInto(target), text(target)]).toEqual([1, "db"]);
    expect(await reader.readInto(target)).toBe(0);
    await expect(reader.readInto(new Uint8Array(0))).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
  });

  it("reads exactly so many bytes, whatever the chunks", async () => {
    const reader = of("a", "bcdef", "gh");
    expect(text(await reader.readExactly(4))).toBe("abcd");
    expect(text(await reader.readExactly(0))).toBe("");
    expect(text(await reader.readExactly(4))).toBe("efgh");
    await expect(reader.readExactly(1)).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
  });

  it("leaves unread what is too little", async () => {
    const reader = of("ab", "cd");
    await expect(reader.readExactly(5)).rejects.toMatchObject({
      code: "ERR_AW_TRUNCATED",
      message: expect.stringContaining("4 more bytes"),
    });
    expect(await reader.text()).toBe("abcd");
  });

  it("allocates no memory for bytes that somebody only says will come", async () => {
    const reader = of("few");
    await expect(reader.readExactly(2 ** 50)).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
  });

  it.each([
    ["\n", ["one", "two", ""]],
    [10, ["one", "two", ""]],
    ["o\n", ["one\ntw"]],
  ])("reads up to %j", async (delimiter, expected) => {
    for (const chunks of [["one\ntwo\n\n"], [..."one\ntwo\n\n"]]) {
      const reader = of(...chunks);
      for (const part of expected) expect(text(await reader.readUntil(delimiter))).toBe(part);
      const rest = reader.readUntil(delimiter);
      if (delimiter === "o\n")
        await expect(rest).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
      else expect(await rest).toBeUndefined();
    }
  });

  it.each([0, 255])("reads up to a byte of %d", async (byte) => {
    const reader = toReader(Uint8Array.of(1, 2, byte, 3));
    expect(await reader.readUntil(byte)).toEqual(Uint8Array.of(1, 2));
    expect(await reader.readAll()).toEqual(Uint8Array.of(3));
  });

  it("finds a delimiter that begins like itself, at every cut", async () => {
    const all = "xaabaaab|rest";
    for (let cut = 1; cut < all.length; cut++) {
      const reader = of(all.slice(0, cut), all.slice(cut));
      expect(text(await reader.readUntil("aaab"))).toBe("xaab");
      expect(await reader.text()).toBe("|rest");
    }
  });

  it("allows as many bytes before the delimiter as it says, and not one more", async () => {
    for (const chunks of [["12345\r\n"], [..."12345\r\n"], ["12345\r", "\n"]]) {
      expect(text(await of(...chunks).readUntil("\r\n", { maxBytes: 5 }))).toBe("12345");
      const reader = of(...chunks);
      await expect(reader.readUntil("\r\n", { maxBytes: 4 })).rejects.toMatchObject({
        code: "ERR_AW_LIMIT",
      });
      expect(await reader.text()).toBe("12345\r\n");
    }
  });

  it("holds no more than it was allowed while it looks for a delimiter", async () => {
    const { reader, source } = fed("x".repeat(10));
    const line = reader.readLine({ maxLength: 20 });
    await turn();
    source.control.push(bytes("x".repeat(1000)));
    await expect(line).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    expect((await reader.read())?.length).toBe(21);
    expect((await reader.read())?.length).toBe(989);
  });

  it("reads lines, with either newline", async () => {
    for (const chunks of [["é1\r\n\n", "third\n"], [..."é1\r\n\nthird\n"]]) {
      const reader = of(...chunks);
      const lines = [await reader.readLine(), await reader.readLine(), await reader.readLine()];
      expect(lines).toEqual(["é1", "", "third"]);
      expect(await reader.readLine()).toBeUndefined();
    }
  });

  it("says so if the end comes within a line, and leaves the rest", async () => {
    const reader = of("whole\npart");
    expect(await reader.readLine()).toBe("whole");
    await expect(reader.readLine()).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
    expect(await reader.text()).toBe("part");
  });

  it("leaves bytes unread that are no text", async () => {
    const reader = toReader(Uint8Array.of(255, 10));
    await expect(reader.readLine()).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
    await expect(reader.text()).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
    expect(await reader.readAll()).toEqual(Uint8Array.of(255, 10));
    expect(await reader.readAll()).toEqual(new Uint8Array(0));
  });

  it("reads everything, within a limit", async () => {
    expect(await of("ab", "cd").text()).toBe("abcd");
    expect(await of().text()).toBe("");
    expect(text(await of("ab", "cd").readAll({ maxBytes: 4 }))).toBe("abcd");
    const reader = of("ab", "cd", "ef");
    await expect(reader.readAll({ maxBytes: 3 })).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    expect(await reader.text()).toBe("abcdef");
  });

  it("peeks without reading", async () => {
    const reader = of("a", "bcd");
    expect(text(await reader.peek(2))).toBe("ab");
    expect(text(await reader.peek(9))).toBe("abcd");
    expect(await reader.text()).toBe("abcd");
    expect(text(await reader.peek(1))).toBe("");
  });

  it("skips bytes as they come", async () => {
    const reader = of("abc", "def");
    await reader.skip(4);
    expect(text(await reader.read())).toBe("ef");
    await expect(reader.skip(1)).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
  });

  it("takes back what was read too far, also at the end", async () => {
    const reader = of("header|body");
    const [header = "", body = ""] = (text(await reader.read()) ?? "").split("|");
    reader.unread(bytes(body));
    reader.unread(bytes(`${header}:`));
    expect(await reader.text()).toBe("header:body");
    reader.unread(bytes("again"));
    expect(text(await reader.read())).toBe("again");
    expect(await reader.read()).toBeUndefined();
  });

  it("refuses that more is consumed than what was given back", async () => {
    const reader = of("behind");
    reader.unread(bytes("ab"));
    expect(reader.pollFillBuf(new CountingWaker())).toEqual(bytes("ab"));
    const refused = expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" });
    expect(() => reader.consume(3)).toThrow(refused);
    expect(await reader.text()).toBe("abbehind");
  });

  it("shows what was given back to whoever polls", async () => {
    const reader = of("c");
    reader.unread(bytes("ab"));
    const waker = new CountingWaker();
    expect(reader.pollFillBuf(waker)).toEqual(bytes("ab"));
    reader.consume(1);
    expect(reader.pollTake(waker)).toEqual(bytes("b"));
    expect(reader.pollTake(waker)).toEqual(bytes("c"));
  });

  it("looks for the end of a line in what was given back, too", async () => {
    const { reader, source } = fed();
    const line = reader.readLine();
    source.control.push(bytes("abc"));
    await turn();
    reader.unread(bytes("x\ny"));
    expect(await line).toBe("x");
    source.control.push(bytes("\n"));
    expect(await reader.readLine()).toBe("yabc");
  });

  it("gives no more memory away than twice the bytes", async () => {
    const chunk = await of("ab", "cde").readAll();
    expect(chunk.buffer.byteLength).toBeLessThanOrEqual(10);
  });

  it("wakes an operation that waits when bytes are given back", async () => {
    const { reader } = fed();
    const reading = reader.read();
    reader.unread(bytes("back"));
    expect(text(await reading)).toBe("back");
  });

  it("tells who leaves a loop by hand that it is over", async () => {
    const loop = of("a", "b")[Symbol.asyncIterator]();
    expect(await loop.next()).toEqual({ done: false, value: bytes("a") });
    expect(await loop.return?.()).toEqual({ done: true, value: undefined });
  });

  it("can be gone on with where a loop was left", async () => {
    const reader = of("a", "b", "c");
    for await (const chunk of reader) if (text(chunk) === "a") break;
    expect(await reader.text()).toBe("bc");
  });

  it("stops an operation by its signal, and loses no byte", async () => {
    const { reader, source } = fed("abc");
    const controller = new AbortController();
    const reading = reader.readExactly(6, { signal: controller.signal });
    await turn();
    controller.abort("enough");
    await expect(reading).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    source.control.push(bytes("def"));
    expect(text(await reader.readExactly(6))).toBe("abcdef");
    const late = reader.read({ signal: AbortSignal.abort() });
    await expect(late).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });

  it("tells a failure after the bytes before it, also after an operation that they were too few for", async () => {
    const { reader, source } = fed("abc");
    const reading = reader.readExactly(6);
    await turn();
    source.control.fail(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
    await expect(reading).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    expect(text(await reader.read())).toBe("abc");
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
  });

  it("rejects all that waits when it is aborted", async () => {
    const { reader } = fed();
    const waiting = [reader.read(), reader.text(), reader.skip(1)];
    reader.abort("stop");
    for (const each of waiting) {
      await expect(each).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
    }
  });

  it("can be aborted over what can't be", async () => {
    const reader = new Reader({ pollFillBuf: () => PENDING, consume() {} });
    reader.unread(bytes("back"));
    reader.abort("stop");
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
  });

  it("drops what was given back when it is aborted, also behind the end", async () => {
    const reader = of();
    await reader.read();
    reader.unread(bytes("back"));
    reader.abort("stop");
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
    await expect(reader.readLine()).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    expect(() => reader.unread(bytes("more"))).toThrow("aborted");
  });

  it("is aborted at the end of an `await using` block, unless it was read to its end", async () => {
    const { reader, source } = fed();
    {
      await using scoped = reader;
      expect(String(scoped)).toBe("manual");
    }
    expect(source.calls).toEqual(["destroy ERR_AW_ABORTED"]);
    const whole = of("a");
    {
      await using scoped = whole;
      await scoped.text();
    }
    expect(await whole.read()).toBeUndefined();
  });

  it("lets other tasks run during a loop of reads that are always ready", async () => {
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    const endless = new Reader({
      pollFillBuf: () => Uint8Array.of(10),
      consume() {},
    });
    while (!fired) await endless.readLine();
    fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    const collecting = new AbortController();
    const collected = new Reader({ pollFillBuf: () => Uint8Array.of(1), consume() {} }).readAll({
      signal: collecting.signal,
    });
    while (!fired) await turn();
    collecting.abort();
    await expect(collected).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    const controller = new AbortController();
    const skipped = endless.skip(2 ** 40, { signal: controller.signal });
    while (!fired) await turn();
    controller.abort();
    await expect(skipped).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });

  it("refuses answers that plain JavaScript gives", async () => {
    const reader = new Reader({ pollFillBuf: (async () => bytes("a")) as never, consume() {} });
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
  });

  it("copies what the engine shows, as it may be used again", () => {
    const shared = counted(4);
    const reader = new Reader({ pollFillBuf: () => shared, consume() {} });
    const taken = reader.pollTake(new CountingWaker());
    expect(taken).not.toBe(PENDING);
    shared.fill(9);
    expect(taken).toEqual(counted(4));
  });
});

describe("reader.stream", () => {
  it("is a view of the same bytes, always the same one, and reads nothing ahead", async () => {
    const { reader, source } = fed("a", "b");
    const { stream } = reader;
    expect(reader.stream).toBe(stream);
    await turn();
    expect(source.calls).toEqual([]);
    const lock = stream.getReader();
    expect(text((await lock.read()).value)).toBe("a");
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
    expect(() => reader.unread(bytes("x"))).toThrow("its stream is being read");
    expect(() => reader.pollFillBuf(new CountingWaker())).toThrow("its stream is being read");
    lock.releaseLock();
    expect(text(await reader.read())).toBe("b");
  });

  it("keeps what is on its way to it when its lock is released", async () => {
    const { reader, source } = fed();
    const lock = reader.stream.getReader();
    const given = lock.read().catch(() => {});
    await turn();
    lock.releaseLock();
    await given;
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
    source.control.push(bytes("a"));
    expect(text((await reader.stream.getReader().read()).value)).toBe("a");
  });

  it("ends, with memory of the caller's too", async () => {
    expect(await new Response(of("ab", "c").stream).text()).toBe("abc");
    const byob = of("abc").stream.getReader({ mode: "byob" });
    expect(text((await byob.read(new Uint8Array(2))).value)).toBe("ab");
    expect(text((await byob.read(new Uint8Array(2))).value)).toBe("c");
    expect((await byob.read(new Uint8Array(2))).done).toBe(true);
  });

  it("fails with the same error", async () => {
    const { reader, source } = fed("a");
    const lock = reader.stream.getReader();
    await lock.read();
    source.control.fail(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
    const failure = await lock.read().catch((error: unknown) => error);
    lock.releaseLock();
    expect(failure).toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    expect(await reader.read().catch((error: unknown) => error)).toBe(failure);
  });

  it("aborts the reader when it is cancelled", async () => {
    const { reader, source } = fed("a");
    await reader.stream.cancel("enough");
    expect(source.calls).toEqual(["destroy ERR_AW_ABORTED"]);
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
  });

  it("takes no memory away that others use", async () => {
    const pool = counted(100).buffer;
    const source = new ManualSource();
    const reader = new Reader(new SourceEngine(source));
    source.ready = [new Uint8Array(pool, 10, 5)];
    await reader.stream.getReader().read();
    expect(pool.byteLength).toBe(100);
  });
  it("leaves small chunks alone that were read before one that it takes", async () => {
    const source = new ManualSource();
    const reader = new Reader(new SourceEngine(source));
    const next = async (answer: Promise<unknown>): Promise<unknown> => {
      await turn();
      source.control.pushCopy(counted(100));
      return answer;
    };
    const before = await next(reader.read());
    expect(await next(reader.stream.getReader().read())).toEqual({
      done: false,
      value: counted(100),
    });
    expect(before).toEqual(counted(100));
  });
});

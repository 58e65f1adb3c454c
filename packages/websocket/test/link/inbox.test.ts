import { AsyncWriteError, PENDING } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Flow } from "../../src/link/flow.ts";
import { Inbox } from "../../src/link/inbox.ts";
import { MessageInbox } from "../../src/link/message-inbox.ts";
import { SilentLink } from "./silent-link.ts";

const chunk = new Uint8Array(32 * 1024);
const half = new Uint8Array(16 * 1024);
const NOBODY = { wake: (): void => {} };

/** Lets the platform's stream begin. */
const begin = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const kinds = [
  {
    kind: "bytes",
    make: (link: SilentLink, flow: Flow) => {
      const inbox = new Inbox(link.name, flow);
      return { inbox, read: () => inbox.reader.read(), cancel: () => inbox.reader.abort() };
    },
  },
  {
    kind: "messages",
    make: (link: SilentLink, flow: Flow) => {
      const inbox = new MessageInbox<Uint8Array>(link.name, flow);
      const reader = inbox.readable.getReader();
      return {
        inbox,
        read: async () => (await reader.read()).value,
        cancel: () => reader.cancel(),
      };
    },
  },
];

describe.each(kinds)("what arrives as $kind", ({ make }) => {
  const start = async () => {
    const link = new SilentLink();
    const flow = new Flow(link);
    const made = make(link, flow);
    await begin();
    // Before anybody reads.
    expect(link.log).toContain("resume");
    link.log.length = 0;
    return { link, flow, ...made };
  };

  it("pauses the link beyond 32 KiB, and resumes it when it is read", async () => {
    const { link, inbox, read } = await start();
    inbox.push(half);
    expect(link.log).not.toContain("pause");
    inbox.push(half);
    inbox.push(half);
    expect(link.log).toContain("pause");
    link.log.length = 0;
    for (let count = 0; count < 3; count++) expect(await read()).toBe(half);
    expect(link.log).toContain("resume");
  });

  it("resumes the link at its end, for the peer's close", async () => {
    const { link, inbox, read } = await start();
    for (let count = 0; count < 3; count++) inbox.push(chunk);
    link.log.length = 0;
    inbox.end();
    inbox.end();
    expect(link.log).toEqual(["resume"]);
    // Nobody has cancelled: what comes behind the end is no reason to make the peer wait.
    for (let count = 0; count < 40; count++) inbox.push(chunk);
    expect(link.log).toEqual(["resume"]);
    inbox.fail(new AsyncWriteError("ERR_AW_IO", "late"));
    for (let count = 0; count < 3; count++) expect(await read()).toBe(chunk);
    expect(await read()).toBeUndefined();
  });

  it("after a close may be 1 MiB that nobody reads, beside what is read ahead", async () => {
    const { link, flow, inbox, read } = await start();
    flow.drain();
    for (let count = 0; count < 32; count++) inbox.push(chunk);
    // What was read does not count.
    for (let count = 0; count < 10; count++) expect(await read()).toBe(chunk);
    for (let count = 0; count < 10; count++) inbox.push(chunk);
    expect(link.log).not.toContain("pause");
    for (let count = 0; count < 2; count++) inbox.push(chunk);
    vi.advanceTimersByTime(1000);
    const failure = async (): Promise<void> => {
      for (;;) await read();
    };
    await expect(failure()).rejects.toMatchObject({
      code: "ERR_AW_LIMIT",
      message: "websocket test: too much arrived unread after close(); read while it closes",
    });
  });

  it("after a cancel is discarded up to 1 MiB; then the peer waits, until a close", async () => {
    const { link, flow, inbox, cancel } = await start();
    for (let count = 0; count < 3; count++) inbox.push(chunk);
    link.log.length = 0;
    await cancel();
    expect(link.log).toEqual(["resume"]);
    link.log.length = 0;
    for (let count = 0; count < 31; count++) inbox.push(chunk);
    expect(link.log).toEqual([]);
    inbox.push(chunk);
    inbox.push(chunk);
    expect(link.log).toContain("pause");
    link.log.length = 0;
    flow.drain();
    inbox.push(chunk);
    expect(link.log).toEqual(["resume"]);
  });
});

it("1 MiB may be discarded, and not a byte more", () => {
  const link = new SilentLink();
  const flow = new Flow(link);
  flow.discard(1024 * 1024);
  expect(link.log).toEqual([]);
  flow.discard(1);
  expect(link.log).toEqual(["pause"]);
});

describe("messages that arrive", () => {
  const make = async () => {
    const link = new SilentLink();
    const flow = new Flow(link);
    const inbox = new MessageInbox<string>(link.name, flow);
    await begin();
    return { link, flow, inbox };
  };

  it("count 64 bytes beside their own, and pause the link at 32 KiB", async () => {
    const { link, inbox } = await make();
    for (let count = 0; count < 511; count++) inbox.push("");
    expect(link.log).not.toContain("pause");
    inbox.push("");
    expect(link.log).toContain("pause");
  });

  it("resume the link once, when half of that is left", async () => {
    const { link, inbox } = await make();
    const message = "x".repeat(4096 - 64);
    for (let count = 0; count < 8; count++) inbox.push(message);
    expect(link.log.at(-1)).toBe("pause");
    link.log.length = 0;
    const reader = inbox.readable.getReader();
    for (let count = 1; count <= 8; count++) {
      await reader.read();
      expect(link.log).toEqual(count < 4 ? [] : ["resume"]);
    }
  });

  it("that were cancelled when the peer had ended are none to be discarded", async () => {
    const { link, inbox } = await make();
    inbox.push("unread");
    inbox.end();
    link.log.length = 0;
    await inbox.readable.cancel();
    expect(link.log).toEqual([]);
  });

  it("may be 1 MiB more after a close, and not a byte more", async () => {
    const { flow, inbox } = await make();
    flow.drain();
    const longest = "x".repeat(1024 * 1024 + 32 * 1024 - 64);
    inbox.push(longest);
    const reader = inbox.readable.getReader();
    expect(await reader.read()).toEqual({ done: false, value: longest });
    inbox.push(longest);
    inbox.push("");
    expect(await reader.read()).toEqual({ done: false, value: longest });
    expect(await reader.read()).toEqual({ done: false, value: "" });
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
  });
});

describe("messages that wait", () => {
  const make = () => {
    const link = new SilentLink();
    const inbox = new MessageInbox<string>("test", new Flow(link));
    return { link, inbox, reader: inbox.readable.getReader() };
  };

  it("go to those who asked first, one each", async () => {
    const { link, inbox, reader } = make();
    const reads = [reader.read(), reader.read(), reader.read()];
    await begin();
    for (const message of ["a", "b", "c", "d"]) inbox.push(message);
    const values = (await Promise.all(reads)).map(({ value }) => value);
    expect(values).toEqual(["a", "b", "c"]);
    // Those that nobody has asked for count.
    inbox.push("x".repeat(32 * 1024));
    expect(link.log).toContain("pause");
    expect((await reader.read()).value).toBe("d");
    expect((await reader.read()).value).toHaveLength(32 * 1024);
    const last = reader.read();
    await begin();
    inbox.end();
    expect((await last).done).toBe(true);
  });

  it("are told before a failure, and dropped by an abort", async () => {
    for (const end of ["fail", "abort"] as const) {
      const { inbox, reader } = make();
      inbox.push("one");
      inbox.push("two");
      const error = new AsyncWriteError("ERR_AW_IO", "broken");
      inbox[end](error);
      if (end === "fail") {
        expect((await reader.read()).value).toBe("one");
        expect((await reader.read()).value).toBe("two");
      }
      await expect(reader.read()).rejects.toBe(error);
    }
  });

  it("stay readable after an end, whatever comes then", async () => {
    const { inbox, reader } = make();
    inbox.push("unread");
    inbox.end();
    inbox.abort(new AsyncWriteError("ERR_AW_ABORTED", "late"));
    expect((await reader.read()).value).toBe("unread");
    expect((await reader.read()).done).toBe(true);
  });

  it("are read in order, however many they are", async () => {
    const { inbox, reader } = make();
    let read = 0;
    const next = async (): Promise<void> => {
      expect((await reader.read()).value).toBe(String(read++));
    };
    for (let count = 0; count < 20_000; count++) {
      inbox.push(String(count));
      // Grows, so that some are read while many wait.
      if (count % 3 === 0) await next();
    }
    inbox.end();
    while (read < 20_000) await next();
    expect((await reader.read()).done).toBe(true);
  });
});

describe("bytes that arrive", () => {
  const make = () => {
    const link = new SilentLink();
    let cancels = 0;
    const inbox = new Inbox(link.name, new Flow(link), () => cancels++);
    return { link, inbox, cancels: () => cancels };
  };

  it("are told before a failure, and dropped by an abort", async () => {
    for (const end of ["fail", "abort"] as const) {
      const { inbox, cancels } = make();
      inbox.push(chunk);
      const reason = new AsyncWriteError("ERR_AW_PROTOCOL", "broken");
      inbox[end](reason);
      inbox.push(chunk);
      if (end === "fail") {
        expect(await inbox.reader.read()).toBe(chunk);
        await expect(inbox.reader.read()).rejects.toBe(reason);
      } else {
        await expect(inbox.reader.read()).rejects.toMatchObject({
          code: "ERR_AW_ABORTED",
          message: "websocket test: aborted",
          cause: reason,
        });
      }
      // Nobody has cancelled: that tells the peer nothing.
      inbox.reader.abort();
      expect([inbox.isCancelled, cancels()]).toEqual([false, 0]);
    }
  });

  it("are shown where they are to who polls, and used up", () => {
    const { inbox } = make();
    const bytes = Buffer.from("read.it").subarray(0, 7);
    inbox.push(bytes);
    expect(inbox.reader.pollFillBuf(NOBODY)).toBe(bytes);
    inbox.reader.consume(5);
    expect(inbox.reader.pollFillBuf(NOBODY)).toEqual(Buffer.from("it"));
    expect(String(inbox.reader)).toBe("websocket test");
  });

  it("stay readable after an end, whatever comes then", async () => {
    for (const end of ["end", "fail"] as const) {
      const { inbox } = make();
      inbox.push(chunk);
      inbox[end](new AsyncWriteError("ERR_AW_IO", "broken"));
      inbox.abort("late");
      expect(await inbox.reader.read()).toBe(chunk);
      if (end === "end") expect(await inbox.reader.read()).toBeUndefined();
      else await expect(inbox.reader.read()).rejects.toMatchObject({ code: "ERR_AW_IO" });
    }
  });

  it("are cancelled once, by an abort of the reader", () => {
    const { inbox, cancels } = make();
    inbox.reader.abort();
    inbox.reader.abort();
    inbox.end();
    expect([inbox.isCancelled, cancels()]).toEqual([true, 1]);
  });

  const closing = () => {
    const link = new SilentLink();
    const flow = new Flow(link);
    const inbox = new Inbox(link.name, flow);
    flow.drain();
    link.log.length = 0;
    // As much as one turn of the event loop can bring.
    for (let count = 0; count < 64; count++) inbox.push(chunk);
    expect(new Set(link.log)).toEqual(new Set(["pause"]));
    link.log.length = 0;
    return { link, inbox };
  };

  it("may be more after a close while somebody reads: the peer waits so long", () => {
    const { link, inbox } = closing();
    for (let count = 0; count < 30; count++) {
      inbox.reader.pollTake(NOBODY);
      vi.advanceTimersByTime(1000);
    }
    expect(link.log).toEqual([]);
    inbox.reader.pollTake(NOBODY);
    vi.advanceTimersByTime(1000);
    expect(link.log).toEqual(["resume"]);
    expect(vi.getTimerCount()).toBe(0);
    for (let count = 0; count < 33; count++) expect(inbox.reader.pollTake(NOBODY)).toBe(chunk);
    inbox.end();
    expect(inbox.reader.pollTake(NOBODY)).toHaveLength(0);
  });

  it("that nobody reads after a close give way to the answer of the peer", () => {
    const { link, inbox } = closing();
    vi.advanceTimersByTime(999);
    // Where the peer can't be told to wait, more comes: that gives nobody more time.
    inbox.push(chunk);
    expect(link.log).toEqual(["pause"]);
    link.log.length = 0;
    vi.advanceTimersByTime(1);
    expect(link.log).toEqual(["resume"]);
    for (let count = 0; count < 65; count++) expect(inbox.reader.pollTake(NOBODY)).toBe(chunk);
    expect(() => inbox.reader.pollTake(NOBODY)).toThrow(
      expect.objectContaining({ code: "ERR_AW_LIMIT" }),
    );
  });

  it.each(["abort", "end", "fail"] as const)("leave no timer once there is an %s", (end) => {
    const { inbox } = closing();
    inbox[end](new AsyncWriteError("ERR_AW_IO", "broken"));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are their taker's own, whatever they came in", async () => {
    const { inbox } = make();
    const read = Buffer.from("one two three");
    for (const [start, end] of [
      [0, 3],
      [4, 7],
    ] as const) {
      inbox.push(read.subarray(start, end));
    }
    const whole = Uint8Array.of(1, 2);
    inbox.push(whole);
    inbox.push(Buffer.from(Uint8Array.of(3, 4).buffer));
    const first = (await inbox.reader.read()) as Uint8Array<ArrayBuffer>;
    structuredClone(first, { transfer: [first.buffer] });
    const second = await inbox.reader.read();
    expect(second).toEqual(new TextEncoder().encode("two"));
    expect(await inbox.reader.read()).toBe(whole);
    expect(await inbox.reader.read()).toEqual(Uint8Array.of(3, 4));
    // As Node has them, they are Buffers no more: a slice of one would be a view.
    expect(second?.constructor).toBe(Uint8Array);
  });

  it("take little more memory than themselves, however short the messages are", () => {
    const { link, inbox } = make();
    for (let count = 0; count < 32_000; count++) inbox.push(Uint8Array.of(1));
    expect(link.log).not.toContain("pause");
    let chunks = 0;
    for (; inbox.reader.pollTake(NOBODY) !== PENDING; chunks++);
    expect(chunks).toBeLessThan(50);
  });
});

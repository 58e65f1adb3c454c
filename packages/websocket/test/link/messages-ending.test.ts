import { AsyncWriteError } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocketMessages, type Message, type MessagesOptions } from "../../src/link/messages.ts";
import { SilentLink } from "./silent-link.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function made(options?: MessagesOptions, link = new SilentLink()) {
  const messages = new WebSocketMessages(link, options);
  const reader = messages.readable.getReader();
  return { link, messages, reader };
}

const broken = new AsyncWriteError("ERR_AW_TIMEOUT", "no sign of life");
const INVALID = { code: "ERR_AW_INVALID_ARGUMENT" };

describe("whole messages", () => {
  it("are called by the name of their link", () => {
    expect(String(made().messages)).toBe("websocket test");
  });

  it("refuse options that can't be meant", () => {
    expect(() => made({ closeTimeout: -1 })).toThrow(expect.objectContaining(INVALID));
  });

  it("come as they are, text and bytes", async () => {
    const { link, reader } = made();
    link.events.text("text");
    link.events.binary(Uint8Array.of(1));
    link.events.binary(new Uint8Array(0));
    expect((await reader.read()).value).toBe("text");
    expect((await reader.read()).value).toEqual(Uint8Array.of(1));
    expect((await reader.read()).value).toEqual(new Uint8Array(0));
  });

  it("are text or bytes; of one kind only where that is wanted", async () => {
    const { link, messages } = made();
    await messages.send("text");
    await messages.send(Uint8Array.of(1));
    for (const value of [5, undefined, null, {}, new ArrayBuffer(1)]) {
      await expect(messages.send(value as never)).rejects.toMatchObject({
        ...INVALID,
        message: expect.stringMatching(
          /^websocket test: a message is a string or a Uint8Array, got /,
        ),
      });
    }
    expect(link.sent).toEqual(["text", Uint8Array.of(1)]);
    for (const type of ["text", "binary"] as const) {
      const only = made({ type });
      const [own, other]: Message[] =
        type === "text" ? ["x", Uint8Array.of(1)] : [Uint8Array.of(1), "x"];
      await only.messages.send(own as Message);
      await expect(only.messages.send(other as Message)).rejects.toMatchObject(INVALID);
      expect(only.link.sent).toEqual([own]);
      if (typeof own === "string") only.link.events.text(own);
      else only.link.events.binary(own as Uint8Array);
      expect((await only.reader.read()).value).toBe(own);
    }
  });

  it("that the link does not take are refused with why", async () => {
    const { link, messages } = made();
    link.send = (_message, done) => done(new Error("no room"));
    await expect(messages.send("x")).rejects.toMatchObject({
      code: "ERR_AW_IO",
      message: expect.stringMatching(/^websocket test: .*no room/),
    });
  });
});

it("messages are a loop", async () => {
  const { link, messages, reader } = made();
  reader.releaseLock();
  link.events.text("one");
  link.events.text("two");
  link.events.closed({ code: 1000, reason: "" });
  const got: Message[] = [];
  for await (const message of messages) got.push(message);
  expect(got).toEqual(["one", "two"]);
});

describe("messages over a link that still connects", () => {
  const connecting = () => {
    const link = new SilentLink();
    link.isOpen = false;
    return made(undefined, link);
  };

  it("leave in order once it is open, and then the close", async () => {
    const { link, messages } = connecting();
    const sends = [messages.send("a"), messages.send("b")];
    const closing = messages.close();
    expect([link.sent, link.ending]).toEqual([[], []]);
    link.isOpen = true;
    link.events.opened();
    await Promise.all(sends);
    expect([link.sent, link.ending]).toEqual([["a", "b"], ["close 1000"]]);
    link.events.opened();
    expect(link.sent).toEqual(["a", "b"]);
    link.events.closed({ code: 1000, reason: "" });
    await closing;
  });

  it.each(["abort", "drop"] as const)("are not sent after an %s", async (end) => {
    const { link, messages } = connecting();
    const sending = messages.send("never");
    if (end === "abort") messages.abort();
    else messages.drop(1001);
    await expect(sending).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    link.isOpen = true;
    link.events.opened();
    expect(link.sent).toEqual([]);
    // It can't be told why.
    expect(link.ending).toEqual(["terminate"]);
  });
});

describe("the end of messages", () => {
  it("by a close is one frame, and one answer for all who wait", async () => {
    const { link, messages, reader } = made();
    const closing = [messages.close(4001, "bye"), messages.close(1000)];
    expect(link.ending).toEqual(["close 4001 bye"]);
    await expect(messages.send("late")).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
    link.events.closed({ code: 4001, reason: "bye" });
    await Promise.all(closing);
    expect((await reader.read()).done).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([999, 1005, 1006])("is not by a close with %d", async (code) => {
    const { link, messages } = made();
    await expect(messages.close(code)).rejects.toMatchObject(INVALID);
    expect(link.ending).toEqual([]);
    await messages.send("goes on");
  });

  it.each([undefined, 20])(
    "is not waited for longer than closeTimeout, %s",
    async (closeTimeout) => {
      const { link, messages, reader } = made({ closeTimeout });
      const closing = messages.close();
      const waiting = [closing, reader.read()].map((each) =>
        expect(each).rejects.toMatchObject({ code: "ERR_AW_TIMEOUT" }),
      );
      vi.advanceTimersByTime((closeTimeout ?? 10_000) - 1);
      expect(link.ending).toEqual(["close 1000"]);
      vi.advanceTimersByTime(1);
      expect(link.ending).toEqual(["close 1000", "terminate"]);
      await Promise.all(waiting);
    },
  );

  it("in good order lets a close succeed, and a message fail", async () => {
    const { link, messages, reader } = made();
    link.events.closed({ code: 1000, reason: "" });
    expect((await reader.read()).done).toBe(true);
    await messages.close();
    await expect(messages.send("late")).rejects.toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
    messages.abort();
    expect(link.ending).toEqual([]);
  });

  it.each([
    { code: 1006, isClosing: true },
    { code: 1006, isClosing: false },
    { code: 4001, isClosing: false },
  ])("with $code, closing: $isClosing, fails all that waits", async ({ code, isClosing }) => {
    const { link, messages, reader } = made();
    link.send = () => {};
    const waiting: Promise<unknown>[] = [messages.send("x"), reader.read()];
    if (isClosing) waiting.push(messages.close());
    link.events.closed({ code, reason: "" });
    const reset = { code: "ERR_AW_CONNECTION_RESET", cause: { closeCode: code } };
    for (const each of waiting) await expect(each).rejects.toMatchObject(reset);
    await expect(messages.send("late")).rejects.toMatchObject(reset);
    await expect(messages.close()).rejects.toMatchObject(reset);
  });

  it("by an abort drops what was not read, and has its reason", async () => {
    const { link, messages, reader } = made();
    link.events.text("unread");
    link.send = () => {};
    const sending = messages.send("x");
    messages.abort("no more");
    const aborted = {
      code: "ERR_AW_ABORTED",
      message: "websocket test: aborted",
      cause: "no more",
    };
    await expect(sending).rejects.toMatchObject(aborted);
    await expect(reader.read()).rejects.toMatchObject(aborted);
    expect(link.ending).toEqual(["terminate"]);
    // The first failure counts.
    link.events.failed(broken);
    link.events.closed({ code: 1006, reason: "" });
    await expect(messages.send("late")).rejects.toMatchObject(aborted);
    expect(link.ending).toEqual(["terminate"]);
  });

  it("by a drop tells the peer why; an abort does not wait for its answer", async () => {
    const { link, messages } = made();
    expect(() => messages.drop(1000)).toThrow(expect.objectContaining(INVALID));
    messages.drop(1008, "why");
    const dropped = { code: "ERR_AW_ABORTED", message: "websocket test: dropped with code 1008" };
    await expect(messages.send("late")).rejects.toMatchObject(dropped);
    expect(link.ending).toEqual(["close 1008 why"]);
    messages.abort();
    expect(link.ending).toEqual(["close 1008 why", "terminate"]);
  });

  it("by a failure of the link comes after what was not read, and has its code", async () => {
    for (const code of [undefined, 1002]) {
      const { link, messages, reader } = made();
      link.events.text("unread");
      link.events.failed(broken, code);
      expect((await reader.read()).value).toBe("unread");
      await expect(reader.read()).rejects.toBe(broken);
      await expect(messages.send("late")).rejects.toBe(broken);
      expect(link.ending).toEqual([code === undefined ? "terminate" : "close 1002"]);
    }
  });

  it("is final: what a link says behind it changes nothing", async () => {
    const { link, messages } = made();
    link.events.closed({ code: 1006, reason: "" });
    link.events.failed(broken, 1002);
    messages.drop(1001);
    expect(link.ending).toEqual([]);
    await expect(messages.send("x")).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
  });

  it("of an `await using` block aborts, unless they were closed", async () => {
    const left = made();
    await left.messages[Symbol.asyncDispose]();
    expect(left.link.ending).toEqual(["terminate"]);
    const reason = { message: "the `await using` block ended without close()" };
    await expect(left.reader.read()).rejects.toMatchObject({ cause: reason });
    const closed = made();
    const closing = closed.messages.close();
    closed.link.events.closed({ code: 1000, reason: "" });
    await closing;
    await closed.messages[Symbol.asyncDispose]();
    expect(closed.link.ending).toEqual(["close 1000"]);
  });

  it("of the wrong kind tells the peer which one is right", () => {
    const { link } = made({ type: "binary" });
    link.events.text("no");
    expect(link.ending).toEqual(["close 1003 only binary messages"]);
  });
});

describe("a peer that is gone while its messages wait for the reader", () => {
  const lost = new AsyncWriteError("ERR_AW_CONNECTION_RESET", "gone");

  it("fails what waits to be sent, and a close waits for what is read", async () => {
    const { link, messages, reader } = made();
    link.send = () => {};
    link.events.text("unread");
    const sending = messages.send("x");
    const closing = messages.close();
    link.events.lost(lost);
    await expect(sending).rejects.toBe(lost);
    expect((await reader.read()).value).toBe("unread");
    link.events.closed({ code: 1000, reason: "" });
    await closing;
    expect((await reader.read()).done).toBe(true);
  });

  it("fails what is sent later, and tells its end behind what is read", async () => {
    const { link, messages, reader } = made();
    link.events.text("unread");
    link.events.lost(lost);
    await expect(messages.send("x")).rejects.toBe(lost);
    expect(link.sent).toEqual([]);
    expect((await reader.read()).value).toBe("unread");
    link.events.closed({ code: 1006, reason: "" });
    const reset = { code: "ERR_AW_CONNECTION_RESET", cause: { closeCode: 1006 } };
    await expect(reader.read()).rejects.toMatchObject(reset);
    await expect(messages.send("x")).rejects.toMatchObject(reset);
  });
});

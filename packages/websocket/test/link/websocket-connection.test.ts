import type { Done } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Inbox } from "../../src/link/inbox.ts";
import { HALF_CLOSE } from "../../src/link/half-close.ts";
import type { Link, LinkEvents } from "../../src/link/link.ts";
import { WebSocketMessages } from "../../src/link/messages.ts";
import { WebSocketConnection } from "../../src/link/websocket-connection.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A link to a peer that answers nothing by itself. */
class SilentLink implements Link {
  readonly name = "websocket test";
  readonly isOpen = true;
  readonly protocol: string;
  readonly log: string[] = [];
  events!: LinkEvents;

  constructor(protocol = "") {
    this.protocol = protocol;
  }

  start(events: LinkEvents): void {
    this.events = events;
  }

  sendBytes(_bytes: Uint8Array, _most: number, done: Done): void {
    done();
  }

  send(_message: Uint8Array | string, done: Done): void {
    done();
  }

  drained(done: Done): void {
    done();
  }

  close(code: number, reason: string): void {
    this.log.push(`close ${code} ${reason}`.trim());
  }

  terminate(): void {
    this.log.push("terminate");
  }

  pause(): void {
    this.log.push("pause");
  }

  resume(): void {
    this.log.push("resume");
  }

  /** What it was told about the end. */
  get ending(): string[] {
    return this.log.filter((line) => line !== "pause" && line !== "resume");
  }
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

describe("what arrives", () => {
  const chunk = new Uint8Array(32 * 1024);

  it("pauses the link beyond 64 KiB, and an end resumes it for the peer's close", () => {
    const link = new SilentLink();
    const inbox = new Inbox(link);
    link.log.length = 0;
    inbox.push(chunk);
    expect(link.log).toEqual([]);
    inbox.push(chunk);
    expect(link.log).toEqual(["pause"]);
    inbox.end();
    expect(link.log).toEqual(["pause", "resume"]);
  });

  it("after a close may be 1 MiB that nobody reads, not more", async () => {
    const link = new SilentLink();
    const inbox = new Inbox(link);
    inbox.drain();
    for (let count = 0; count < 33; count++) inbox.push(chunk);
    const reader = inbox.readable.getReader();
    expect((await reader.read()).value).toBe(chunk);
    for (let count = 0; count < 3; count++) inbox.push(chunk);
    await expect(reader.closed).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
  });

  it("after a cancel is discarded up to 1 MiB; then the peer waits, until a close", async () => {
    const link = new SilentLink();
    const inbox = new Inbox(link);
    await inbox.readable.cancel();
    link.log.length = 0;
    for (let count = 0; count < 31; count++) inbox.push(chunk);
    expect(link.log).toEqual([]);
    inbox.push(chunk);
    inbox.push(chunk);
    expect(link.log).toContain("pause");
    link.log.length = 0;
    inbox.drain();
    inbox.push(chunk);
    expect(link.log).toEqual(["resume"]);
  });
});

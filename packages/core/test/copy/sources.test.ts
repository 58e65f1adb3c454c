import { createReadStream } from "node:fs";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { EventEmitter, once } from "node:events";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { copy, lines, memory, pipe, unframed, type ByteSource } from "@aw/core";
import { afterEach, describe, expect, it } from "vitest";
import { bytes, turn } from "../instruments.ts";

/** A stream as before Node 0.10: `data`, `end`, a `pause` that is a wish, no async iterator. */
class OldStream extends EventEmitter {
  isPaused = true;
  isDestroyed = false;

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.emit("resumed");
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

const asSource = (stream: object): ByteSource => stream as ByteSource;

describe("copy from a Node Readable", () => {
  const sockets: { destroy(): unknown }[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** A socket whose peer says nothing. */
  async function silent(): Promise<Socket> {
    const server = createServer((peer) => sockets.push(peer)).listen(0);
    await once(server, "listening");
    const socket = connect((server.address() as AddressInfo).port);
    await once(socket, "connect");
    server.close();
    sockets.push(socket);
    return socket;
  }

  it("destroys it at once when the writer fails, even while the read waits", async () => {
    const source = await silent();
    const { writer } = pipe();
    const copying = copy(source, writer);
    await turn();
    writer.abort("gone");
    await expect(copying).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "gone" });
    expect(source.destroyed).toBe(true);
  });

  it("destroys it at once when the signal fires, even while the read waits", async () => {
    const source = await silent();
    const stop = new AbortController();
    const copying = copy(source, memory(), { signal: stop.signal });
    await turn();
    stop.abort("enough");
    await expect(copying).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    expect(source.destroyed).toBe(true);
  });

  it("destroys it if nothing was ever read", async () => {
    const source = createReadStream(fileURLToPath(import.meta.url));
    const signal = AbortSignal.abort();
    await expect(copy(source, memory(), { signal })).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
    });
    expect(source.destroyed).toBe(true);
  });

  it("leaves it whole when it ends by itself", async () => {
    const target = memory();
    const source = Readable.from([bytes("a"), "b"]);
    expect(await copy(source, target)).toBe(2);
    expect(target.text()).toBe("ab");
  });
});

describe("copy from a stream without an async iterator", () => {
  it("reads it to its end, pausing between chunks", async () => {
    const source = new OldStream();
    const target = memory();
    const copying = copy(asSource(source), target);
    for (const chunk of ["one ", bytes("two "), "three"]) {
      if (source.isPaused) await once(source, "resumed");
      source.emit("data", chunk);
      expect(source.isPaused).toBe(true);
    }
    if (source.isPaused) await once(source, "resumed");
    source.emit("end");
    source.emit("close");
    expect(await copying).toBe(13);
    expect(target.text()).toBe("one two three");
    expect(source.eventNames()).toEqual([]);
  });

  it("keeps what comes although it was asked to pause", async () => {
    const source = new OldStream();
    const target = memory();
    const copying = copy(asSource(source), target);
    for (const chunk of ["a", "b", "c"]) source.emit("data", chunk);
    source.emit("end");
    expect(await copying).toBe(3);
    expect(target.text()).toBe("abc");
  });

  it("fails with its error, after the chunks before it", async () => {
    const source = new OldStream();
    const target = memory();
    const copying = copy(asSource(source), target);
    source.emit("data", "before");
    source.emit("error", new Error("the source broke"));
    await expect(copying).rejects.toThrow("the source broke");
    expect(target.text()).toBe("before");
    expect(source.isDestroyed).toBe(true);
    // Late errors of what was given up end no process.
    source.emit("error", new Error("late"));
  });

  it("fails with ERR_AW_TRUNCATED if it closes before its end", async () => {
    const source = new OldStream();
    const copying = copy(asSource(source), memory());
    source.emit("data", "before");
    source.emit("close");
    await expect(copying).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED", bytesWritten: 6 });
  });

  it("destroys it when the writer fails", async () => {
    const source = new OldStream();
    const { writer } = pipe();
    const copying = copy(asSource(source), writer);
    await turn();
    writer.abort("gone");
    await expect(copying).rejects.toMatchObject({ cause: "gone" });
    expect(source.isDestroyed).toBe(true);
  });

  it("is what unframed reads, too", async () => {
    const source = new OldStream();
    const messages = unframed(asSource(source), lines());
    const first = messages.next();
    source.emit("data", "one\ntwo\n");
    source.emit("end");
    expect(await first).toEqual({ done: false, value: "one" });
    expect(await messages.next()).toEqual({ done: false, value: "two" });
    expect(await messages.next()).toEqual({ done: true, value: undefined });
  });
});

/** A list of buffers as libraries have it: iterable, and one array on demand. */
class BufferList {
  readonly #bufs: readonly Uint8Array[];

  constructor(...bufs: readonly Uint8Array[]) {
    this.#bufs = bufs;
  }

  subarray(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#bufs));
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    yield* this.#bufs;
  }
}

describe("copy of lists of buffers", () => {
  it("takes them as a source and as chunks of one", async () => {
    const list = new BufferList(bytes("ab"), bytes("c"));
    const target = memory();
    expect(await copy(list, target)).toBe(3);
    expect(await copy([list, new BufferList()] as unknown as ByteSource, target)).toBe(3);
    expect(target.text()).toBe("abcabc");
  });

  it("refuses chunks that are no bytes", async () => {
    for (const chunk of [5, {}, [1, 2], new ArrayBuffer(1), null]) {
      await expect(copy([chunk] as unknown as ByteSource, memory())).rejects.toMatchObject({
        code: "ERR_AW_INVALID_ARGUMENT",
      });
    }
  });
});

describe("a source that is given up", () => {
  it.each([
    ["that is a stream of Node is destroyed", { on() {} }, ["destroyed", "returned"]],
    ["that is none keeps its own method destroy to itself", {}, ["returned"]],
  ])("%s", async (_name, also, calls) => {
    const called: string[] = [];
    const source = {
      ...also,
      destroy: () => called.push("destroyed"),
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: "x" }),
        return: () => Promise.resolve(called.push("returned")),
      }),
    };
    const full = memory({ maxBytes: 0 });
    await expect(copy(asSource(source), full)).rejects.toMatchObject({ code: "ERR_AW_WRITE_ZERO" });
    expect(called).toEqual(calls);
  });
});

describe("a source that makes trouble when it is given up", () => {
  it.each<[string, object]>([
    [
      "an iterator whose return() throws",
      {
        [Symbol.iterator]: () => ({
          next: () => ({ done: false, value: "x" }),
          return() {
            throw new Error("return threw");
          },
        }),
      },
    ],
    [
      "an async iterator whose return() rejects",
      {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: false, value: "x" }),
          return: () => Promise.reject(new Error("return rejected")),
        }),
      },
    ],
    [
      "a reader whose cancel() throws",
      {
        getReader: () => ({
          read: () => Promise.resolve({ done: false, value: "x" }),
          cancel() {
            throw new Error("cancel threw");
          },
          releaseLock() {},
        }),
      },
    ],
    [
      "a stream whose destroy() throws",
      Object.assign(new EventEmitter(), {
        resume(this: EventEmitter) {
          this.emit("data", "x");
        },
        destroy() {
          throw new Error("destroy threw");
        },
      }),
    ],
  ])("does not hide the copy's own error: %s", async (_name, source) => {
    const full = memory({ maxBytes: 0 });
    await expect(copy(asSource(source), full)).rejects.toMatchObject({ code: "ERR_AW_WRITE_ZERO" });
  });
});

import { PENDING, pipe } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, counted, CountingWaker, turn } from "../instruments.ts";

const waker = new CountingWaker();

describe("pipe", () => {
  it("takes what it has room for, and as much more as was read", async () => {
    const { writer, readable } = pipe({ capacity: 32 });
    expect(writer.pollWrite(waker, counted(64))).toBe(32);
    expect(writer.pollWrite(waker, counted(64))).toBe(PENDING);
    const reader = readable.getReader({ mode: "byob" });
    const { value } = await reader.read(new Uint8Array(4));
    expect([...(value ?? [])]).toEqual([0, 1, 2, 3]);
    expect(waker.wakes).toBe(1);
    expect(writer.pollWrite(waker, counted(64))).toBe(4);
    expect(writer.pollWrite(waker, counted(64))).toBe(PENDING);
  });

  it("keeps every byte in order, whatever the sizes", async () => {
    const { writer, readable } = pipe({ capacity: 7 });
    const writing = (async () => {
      for (const size of [1, 6, 7, 8, 100, 0, 3]) await writer.writeAll(counted(size));
      await writer.close();
    })();
    const received: number[] = [];
    for await (const chunk of readable) received.push(...chunk);
    await writing;
    expect(received).toEqual([1, 6, 7, 8, 100, 0, 3].flatMap((size) => [...counted(size)]));
  });

  it("gives the reader what waits, then the end", async () => {
    const { writer, readable } = pipe();
    await writer.writeAll("all of it");
    await writer.close();
    expect(await new Response(readable).text()).toBe("all of it");
  });

  it("ends a reader that waits, also one with a buffer of its own", async () => {
    for (const mode of ["default", "byob"]) {
      const { writer, readable } = pipe();
      const reading =
        mode === "byob"
          ? readable.getReader({ mode: "byob" }).read(new Uint8Array(4))
          : readable.getReader().read();
      await turn();
      await writer.close();
      expect((await reading).done).toBe(true);
    }
  });

  it("fails the reader when the writer is aborted", async () => {
    const { writer, readable } = pipe();
    await writer.writeAll("half");
    writer.abort("stop");
    await expect(new Response(readable).text()).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "stop",
    });
  });

  it("wakes a pending writer with BROKEN_PIPE when the reader cancels", async () => {
    const { writer, readable } = pipe({ capacity: 4 });
    const pending = writer.writeAll("more than fits");
    await readable.cancel("enough");
    await expect(pending).rejects.toMatchObject({
      code: "ERR_AW_BROKEN_PIPE",
      cause: "enough",
      bytesWritten: 4,
    });
  });

  it("is read by a reader too, which leaves its view as it is while more is written", async () => {
    const { writer, reader } = pipe({ capacity: 8 });
    await writer.writeAll(counted(8));
    expect(await reader.readExactly(6)).toEqual(counted(6));
    const view = reader.pollFillBuf(waker);
    await writer.writeAll(counted(5));
    expect(view).toEqual(Uint8Array.of(6, 7));
    const writing = writer.writeAll(counted(20)).then(() => writer.close());
    expect(await reader.readAll()).toEqual(Uint8Array.from([6, 7, ...counted(5), ...counted(20)]));
    await writing;
  });

  it("fails the writer when its reader is aborted", async () => {
    const { writer, reader } = pipe({ capacity: 4 });
    const pending = writer.writeAll("more than fits");
    reader.abort("enough");
    await expect(pending).rejects.toMatchObject({ code: "ERR_AW_BROKEN_PIPE", cause: "enough" });
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
  });

  it("wakes the latest waker", async () => {
    const { writer, readable } = pipe({ capacity: 1 });
    const [first, latest] = [new CountingWaker(), new CountingWaker()];
    writer.pollWrite(first, bytes("a"));
    expect(writer.pollWrite(first, bytes("b"))).toBe(PENDING);
    expect(writer.pollWrite(latest, bytes("b"))).toBe(PENDING);
    await readable.getReader().read();
    expect(latest.wakes).toBe(1);
  });

  it.each([0, -1, 1.5])("refuses a capacity of %d", (capacity) => {
    expect(() => pipe({ capacity })).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });

  it.each<[string, Uint8Array[], number, string]>([
    ["no buffer", [], 0, ""],
    ["empty ones", [bytes(""), bytes("")], 0, ""],
    ["an empty one first", [bytes(""), bytes("ab"), bytes("cd")], 2, "ab"],
    ["one that does not fit", [bytes("abcdef"), bytes("g")], 4, "abcd"],
  ])("writes the first buffer with bytes of a vectored write: %s", (_what, bufs, n, text) => {
    const { writer, reader } = pipe({ capacity: 4 });
    expect(writer.isVectored).toBe(false);
    expect(writer.pollVectoredWrite(waker, bufs)).toBe(n);
    const view = reader.pollFillBuf(waker);
    expect(view === PENDING ? "" : new TextDecoder().decode(view)).toBe(text);
  });

  it("writes all of several buffers as they are read", async () => {
    const { writer, reader } = pipe({ capacity: 4 });
    const writing = writer.writeAllVectored([bytes("abc"), bytes(""), bytes("defgh")]);
    const closing = writer.close();
    expect(await reader.text()).toBe("abcdefgh");
    await Promise.all([writing, closing]);
  });

  it("names both its ends by its size", () => {
    const { writer, reader } = pipe({ capacity: 2048 });
    expect([String(writer), String(reader)]).toEqual(["pipe(2 KiB)", "pipe(2 KiB)"]);
  });
});

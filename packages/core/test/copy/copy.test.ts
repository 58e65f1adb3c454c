import { AsyncWriteError, buffered, copy, cursor, memory, pipe, sink } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, RecordingWriter, turn } from "../instruments.ts";

async function* slowly(...chunks: string[]): AsyncGenerator<string> {
  for (const chunk of chunks) {
    await turn();
    yield chunk;
  }
}

/** A source that gives its chunks, then idles until it is told to end. */
function idling(...chunks: string[]): {
  source: AsyncGenerator<string>;
  end: () => void;
  returned: () => boolean;
} {
  let end = (): void => {};
  let returned = false;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  async function* generate(): AsyncGenerator<string> {
    try {
      yield* chunks;
      await ended;
    } finally {
      returned = true;
    }
  }
  return { source: generate(), end, returned: () => returned };
}

describe("copy", () => {
  it("reads from iterables, async iterables and streams; counts, flushes, and does not close", async () => {
    const sources = [
      ["a", bytes("bc"), "é"],
      slowly("a", "bc", "é"),
      new Response("abcé").body as ReadableStream<Uint8Array>,
    ];
    for (const source of sources) {
      const inner = memory();
      const out = buffered(inner);
      expect(await copy(source, out)).toBe(5);
      expect(inner.text()).toBe("abcé");
      expect(out.state).toBe("open");
    }
  });

  it("reports its progress", async () => {
    const counts: number[] = [];
    await copy(["ab", "", "cde"], sink(), { onProgress: (count) => counts.push(count) });
    expect(counts).toEqual([2, 2, 5]);
  });

  it("flushes while the source idles, so that an echo through a buffer completes", async () => {
    const inner = new RecordingWriter();
    const { source, end } = idling("question");
    const copied = copy(source, buffered(inner));
    while (inner.text === "") await turn();
    expect(inner.text).toBe("question");
    end();
    expect(await copied).toBe(8);
  });

  it("does not flush while it is the writer that takes its time", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const copied = copy(["question"], inner);
    for (let turns = 0; turns < 5; turns++) await turn();
    inner.release();
    await copied;
    expect(inner.calls).toEqual(["write 8", "flush"]);
  });

  it("does not flush while the source idles if told so", async () => {
    const inner = new RecordingWriter();
    const { source, end } = idling("question");
    const copied = copy(source, buffered(inner), { flushOnIdle: false });
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(inner.text).toBe("");
    end();
    await copied;
    expect(inner.text).toBe("question");
  });

  it("ends with the writer's error after another copy into the same writer has ended", async () => {
    const { writer } = pipe();
    const idle = copy(new ReadableStream({}), writer);
    await copy(["one\n"], writer);
    // Past the look whether its source idles, which flushes: only the failure itself tells it now.
    for (let turns = 0; turns < 5; turns++) await turn();
    writer.abort("gone");
    await expect(idle).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "gone" });
  });

  it("ends with the writer's error when that dies while the source idles", async () => {
    const inner = new RecordingWriter();
    const { source, end, returned } = idling("abc");
    const copied = copy(source, buffered(inner)).catch((error: unknown) => error);
    while (inner.text === "") await turn();
    inner.abort("gone");
    expect(await copied).toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "gone",
      bytesWritten: 3,
    });
    end();
    await turn();
    expect(returned()).toBe(true);
  });

  it("reports the bytes copied when its signal fires", async () => {
    const controller = new AbortController();
    const { source } = idling("abc");
    const target = sink();
    const copied = copy(source, target, {
      signal: controller.signal,
      onProgress: () => controller.abort("enough"),
    });
    await expect(copied).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "enough",
      bytesWritten: 3,
    });
    expect(target.state).toBe("open");
  });

  it("does not read at all when its signal fired before", async () => {
    let read = false;
    function* source(): Generator<string> {
      read = true;
      yield "a";
    }
    await expect(copy(source(), sink(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      bytesWritten: 0,
    });
    expect(read).toBe(false);
  });

  it("counts what the writer took of the chunk that failed", async () => {
    await expect(copy(["abc", "def"], cursor(new Uint8Array(4)))).rejects.toMatchObject({
      code: "ERR_AW_WRITE_ZERO",
      bytesWritten: 4,
    });
  });

  it("passes the error of the source on as it is", async () => {
    const broken = new RangeError("source broke");
    const target = memory();
    async function* source(): AsyncGenerator<string> {
      yield "abc";
      throw broken;
    }
    expect(await copy(source(), target).catch((error: unknown) => error)).toBe(broken);
    expect(target.text()).toBe("abc");
  });

  it("cancels a stream when the writer fails", async () => {
    let reason: unknown;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes("abc")),
      cancel: (why) => {
        reason = why;
      },
    });
    await expect(copy(stream, cursor(new Uint8Array(4)))).rejects.toMatchObject({
      code: "ERR_AW_WRITE_ZERO",
    });
    expect(AsyncWriteError.is(reason)).toBe(true);
  });

  it("lets other tasks run while it copies from a source that is always ready", async () => {
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    function* endless(): Generator<string> {
      while (!fired) yield "x";
    }
    await copy(endless(), sink());
    expect(fired).toBe(true);
  });

  it.each([null, undefined, 7, "text", {}])("refuses %o, which is no source", async (source) => {
    await expect(copy(source as never, sink())).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
  });

  it("refuses a chunk that is neither bytes nor text", async () => {
    await expect(copy([1, 2] as never, sink())).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
  });

  it("takes a chunk back from a writer without room when its signal fires", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const controller = new AbortController();
    const copied = copy(slowly("abc"), inner, { signal: controller.signal }).catch(
      (error: unknown) => error,
    );
    for (let turns = 0; turns < 3; turns++) await turn();
    controller.abort("enough");
    expect(await copied).toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "enough",
      bytesWritten: 0,
    });
    inner.release();
    await turn();
    expect([inner.text, inner.state]).toEqual(["", "open"]);
  });

  it("leaves a stream unlocked, at its end and after a failure", async () => {
    const whole = new Response("abc").body as ReadableStream<Uint8Array>;
    expect(await copy(whole, sink())).toBe(3);
    expect(whole.locked).toBe(false);
    const cut = new Response("abc").body as ReadableStream<Uint8Array>;
    await expect(copy(cut, cursor(new Uint8Array(1)))).rejects.toMatchObject({
      code: "ERR_AW_WRITE_ZERO",
    });
    expect(cut.locked).toBe(false);
  });
});

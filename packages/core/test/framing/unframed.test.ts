import {
  framed,
  lengthDelimited,
  lines,
  memory,
  ndjson,
  pipe,
  unframed,
  type Codec,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes } from "../instruments.ts";

/** Every message until the end or the failure, and that failure. */
async function readAll<M>(
  source: Parameters<typeof unframed>[0],
  codec: Codec<M>,
): Promise<{ messages: M[]; code?: string }> {
  const messages: M[] = [];
  try {
    for await (const message of unframed(source, codec)) messages.push(message);
    return { messages };
  } catch (error) {
    return { messages, code: (error as { code: string }).code };
  }
}

/** Pieces of `size` bytes, an empty one before each. Each is overwritten once the next is asked for. */
function* pieces(whole: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) {
    yield new Uint8Array(0);
    const piece = whole.slice(at, at + size);
    yield piece;
    piece.fill(0xff);
  }
}

describe("unframed", () => {
  const texts = ["", "one", "zwölf", "🙂".repeat(20), "a\r", '{"x":1}'];
  const codecs: [string, Codec<never>, unknown[]][] = [
    ["lines", lines() as Codec<never>, texts],
    ["ndjson", ndjson(), [{ text: "a\nb" }, [], 1, "x", null]],
    ["a length of 4 bytes", lengthDelimited() as Codec<never>, texts.map(bytes)],
    [
      "a length of 2 bytes",
      lengthDelimited({ lengthBytes: 2, endian: "little" }) as Codec<never>,
      texts.map(bytes),
    ],
    ["a length of 1 byte", lengthDelimited({ lengthBytes: 1 }) as Codec<never>, texts.map(bytes)],
  ];

  it.each(codecs)(
    "reads what framed wrote, however it is cut: %s",
    async (_name, codec, messages) => {
      const target = memory();
      const out = framed(target, codec);
      for (const message of messages) await out.send(message as never);
      await out.close();
      const whole = target.bytes();
      for (let size = 1; size <= whole.length; size++) {
        const read = await readAll(pieces(whole, size), codec);
        expect(read, `in pieces of ${size}`).toEqual({ messages });
      }
    },
  );

  it("ends with nothing where nothing came", async () => {
    for (const [, codec] of codecs) expect(await readAll([], codec)).toEqual({ messages: [] });
  });

  it.each([
    ["a line without its newline", lines(), ["one\ntw"], ["one"]],
    ["a message cut short", lengthDelimited(), [bytes("\0\0\0\x01a\0\0\0\x02b")], [bytes("a")]],
    ["a length cut short", lengthDelimited(), [bytes("\0\0\0\x01a\0\0")], [bytes("a")]],
  ])("gives what is whole, then ERR_AW_TRUNCATED: %s", async (_name, codec, source, messages) => {
    const read = await readAll<unknown>(source, codec);
    expect(read).toEqual({ messages, code: "ERR_AW_TRUNCATED" });
  });

  it.each([
    ["a line", lines({ maxLength: 4 }), ["abc\nabcd\n"], ["abc"]],
    ["a line that never ends", lines({ maxLength: 4 }), ["abc\n", "ab", "cd", "e"], ["abc"]],
    [
      "a message",
      lengthDelimited({ maxLength: 1 }),
      [bytes("\0\0\0\x01a\0\0\0\x02")],
      [bytes("a")],
    ],
    ["a length above 2 GiB", lengthDelimited(), [Uint8Array.of(255, 255, 255, 255)], []],
  ])("gives what is in bounds, then ERR_AW_LIMIT: %s", async (_name, codec, source, messages) => {
    const read = await readAll<unknown>(source, codec);
    expect(read).toEqual({ messages, code: "ERR_AW_LIMIT" });
  });

  it.each([
    ["UTF-8", lines(), [Uint8Array.of(97, 10, 0xc3, 10)], ["a"]],
    [
      "UTF-8 at the end of a line",
      lines(),
      [Uint8Array.of(97, 10, 0xc3), Uint8Array.of(10)],
      ["a"],
    ],
    ["JSON", ndjson(), ["1\n{\n"], [1]],
  ])(
    "gives what can be decoded, then ERR_AW_PROTOCOL: no %s",
    async (_name, codec, source, messages) => {
      const read = await readAll<unknown>(source, codec);
      expect(read).toEqual({ messages, code: "ERR_AW_PROTOCOL" });
    },
  );

  it("takes CRLF for the end of a line where it is asked for, and sends it", async () => {
    const crlf = lines({ newline: "\r\n", maxLength: 5 });
    const read = await readAll(["a\r", "\nb\nc\r\r\nd\re\r\n\r\n", "abc\r\nabcd\r\n"], crlf);
    expect(read).toEqual({
      messages: ["a", "b", "c\r", "d\re", "", "abc"],
      code: "ERR_AW_LIMIT",
    });
    expect((await readAll(["a\r\n"], lines())).messages).toEqual(["a\r"]);
    const target = memory();
    const out = framed(target, crlf);
    await out.send("abc");
    await expect(out.send("abcd")).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    await out.close();
    expect(target.text()).toBe("abc\r\n");
  });

  it("takes nothing from the source while a message waits", async () => {
    let taken = 0;
    function* source(): Generator<string> {
      for (;;) yield `${taken++}\n${taken++}\n`;
    }
    const reading = unframed(source(), lines());
    expect(await reading.next()).toMatchObject({ value: "0" });
    expect(await reading.next()).toMatchObject({ value: "1" });
    expect(taken).toBe(2);
  });

  it("cancels the source when the loop is left, and when a message is bad", async () => {
    for (const line of ["good\n", `${"x".repeat(100)}\n`]) {
      const { writer, readable } = pipe();
      await writer.writeAll(line);
      for await (const message of read(readable)) {
        expect(message).toBe("good");
        break;
      }
      await expect(writer.writeAll("more")).rejects.toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
    }

    async function* read(readable: ReadableStream<Uint8Array>): AsyncGenerator<string> {
      try {
        yield* unframed(readable, lines({ maxLength: 10 }));
      } catch (error) {
        expect(error).toMatchObject({ code: "ERR_AW_LIMIT" });
      }
    }
  });

  it("passes the source's own error on", async () => {
    const failure = new Error("the source failed");
    const { writer, readable } = pipe();
    writer.abort(failure);
    await expect(unframed(readable, lines()).next()).rejects.toMatchObject({ cause: failure });
  });

  it("refuses at once what is no source, and a codec that only sends", async () => {
    const refused = { code: "ERR_AW_INVALID_ARGUMENT" };
    expect(() => unframed(7 as never, lines())).toThrow(expect.objectContaining(refused));
    const codec = { name: "send-only", encode: () => [] };
    expect(() => unframed([], codec)).toThrow(expect.objectContaining(refused));
    const pushing = { ...codec, decoder: () => ({ push: () => [], end() {} }) as never };
    expect(() => unframed([], pushing)).toThrow(expect.objectContaining(refused));
    expect(() => unframed({ reader: {} } as never, lines())).toThrow("unframed: expected a reader");
    expect(await readAll([7] as never, lines())).toEqual({ messages: [], ...refused });
  });
});

import { PENDING, toReader, unframed, type Codec, type Decoder } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes } from "../instruments.ts";

function codec<Message>(decoder: Decoder<Message>): Codec<Message> {
  return { name: "own", encode: () => [], decoder: () => decoder };
}

/** A message is a letter that says how many bytes follow; it uses each byte as it comes. */
function dribbling(): Decoder<string> {
  let missing: number | undefined;
  let text = "";
  return {
    decode(incoming) {
      const byte = String.fromCharCode(incoming.bytes[0] as number);
      incoming.consume(1);
      if (missing === undefined) missing = Number(byte);
      else text += byte;
      if (missing > text.length) return PENDING;
      const message = text;
      missing = undefined;
      text = "";
      return message;
    },
    end() {
      if (missing !== undefined) throw new Error("inside a message");
    },
  };
}

describe("a decoder of one's own", () => {
  it("may use bytes before a message is whole, and says at the end whether that is one", async () => {
    for (const pieces of [["3abc0", "2de1"], [..."3abc02de1"]]) {
      const messages = unframed(pieces, codec(dribbling()));
      for (const message of ["abc", "", "de"])
        expect(await messages.next()).toEqual({ done: false, value: message });
      await expect(messages.next()).rejects.toMatchObject({
        code: "ERR_AW_IO",
        cause: { message: "inside a message" },
      });
    }
  });

  it("is shown what it did not use, with more behind it", async () => {
    const shown: string[] = [];
    const pairs = codec<string>({
      decode(incoming) {
        shown.push(`${incoming.seen} of ${incoming.bytes.length}`);
        return incoming.bytes.length < 3 ? PENDING : String(incoming.take(3, 1));
      },
    });
    const messages = unframed(toReader(["a", "b", "cde", "f"]), pairs);
    expect(await messages.next()).toMatchObject({ value: "98,99" });
    expect(await messages.next()).toMatchObject({ value: "101,102" });
    expect(shown).toEqual(["0 of 1", "1 of 2", "2 of 5", "0 of 2", "2 of 3"]);
  });

  it("gets no more than it wants, and up to the byte it names", async () => {
    const reader = toReader(["a", "bcd;e", ";fg"]);
    const lengths: number[] = [];
    const parts = codec<string>({
      decode(incoming) {
        lengths.push(incoming.bytes.length);
        const end = incoming.bytes.indexOf(59);
        if (end !== -1) return new TextDecoder().decode(incoming.take(end + 1));
        incoming.want(100, 59);
        return PENDING;
      },
    });
    const messages = unframed(reader, parts);
    expect(await messages.next()).toMatchObject({ value: "abcd;" });
    expect(lengths).toEqual([1, 5]);
    expect(await messages.next()).toMatchObject({ value: "e;" });
    expect(await reader.text()).toBe("fg");
  });

  it("gets just as much as it wants of a large chunk", async () => {
    const lengths: number[] = [];
    const fives = codec<string>({
      decode(incoming) {
        lengths.push(incoming.bytes.length);
        if (incoming.bytes.length >= 5) return new TextDecoder().decode(incoming.take(5));
        incoming.want(5);
        return PENDING;
      },
    });
    const messages = unframed(toReader(["ab", "cdefghijkl"]), fives);
    expect(await messages.next()).toMatchObject({ value: "abcde" });
    expect(lengths).toEqual([2, 5]);
    expect(await messages.next()).toMatchObject({ value: "fghij" });
  });

  it("that returns a message and uses nothing is stopped", async () => {
    const messages = unframed(["x"], codec<number>({ decode: () => 1 }));
    await expect(messages.next()).rejects.toMatchObject({
      code: "ERR_AW_PROTOCOL",
      message: expect.stringContaining("consume what it used") as string,
    });
  });

  it.each([1, 2])(
    "that wants %d byte(s) of 2 that are there gets what comes next",
    async (wanted) => {
      const greedy = codec<string>({
        decode(incoming) {
          incoming.want(wanted);
          const { length } = incoming.bytes;
          return length < 4 ? PENDING : new TextDecoder().decode(incoming.take(length));
        },
      });
      expect(await unframed(["ab", "cd"], greedy).next()).toMatchObject({ value: "abcd" });
    },
  );

  it.each([4, 100, 5000, -1, 1.5])(
    "that takes %d of 3 bytes hears so, and loses nothing",
    async (end) => {
      const reader = toReader("abc");
      const broken = codec<Uint8Array>({ decode: (incoming) => incoming.take(end) });
      await expect(unframed(reader, broken).next()).rejects.toMatchObject({
        code: "ERR_AW_INVALID_ARGUMENT",
      });
      expect(await reader.readAll()).toEqual(bytes("abc"));
    },
  );

  it("keeps timers going, whatever it uses without a message", async () => {
    let fired = false;
    function* endless(): Generator<string> {
      while (!fired) yield "x".repeat(1000);
      yield "!";
    }
    const all = codec<string>({
      decode(incoming) {
        const isLast = incoming.bytes[0] === 33;
        incoming.consume(incoming.bytes.length);
        return isLast ? "done" : PENDING;
      },
    });
    setTimeout(() => (fired = true), 1);
    expect(await unframed(endless(), all).next()).toMatchObject({ value: "done" });
  });
});

import { randomBytes } from "node:crypto";
import { failAfter, interleavePending, limited, stallable, trackClosed } from "@aw/conformance";
import { buffered, memory } from "@aw/core";
import { describe, expect, it } from "vitest";
import { codecs, through } from "./codecs.ts";
import { acceptAll, poolTurn, random, seed, words } from "./instruments.ts";

const text = "The quick brown fox jumps over the lazy dog. ".repeat(3000);

describe.each(codecs)("$name", (codec) => {
  const { encode, decode, nodeEncode, nodeDecode } = codec;

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["one byte", Buffer.from("x")],
    ["a block", randomBytes(131_072)],
    ["text", Buffer.from(text)],
  ])("takes and gives what Node's functions do, of %s", async (_name, data) => {
    expect(Buffer.compare(nodeDecode(await through(encode, data)), data)).toBe(0);
    expect(Buffer.compare(await through(decode, nodeEncode(data)), data)).toBe(0);
  });

  it("decodes byte by byte in blocks of any size", async () => {
    for (const blockSize of [1, 2, 3, 5, 64]) {
      const target = memory();
      const out = decode(target, { blockSize });
      for (const byte of nodeEncode(Buffer.from(text))) await out.writeAll(Buffer.of(byte));
      await out.close();
      expect(target.text()).toBe(text);
    }
  });

  it("fails as truncated at every length", async () => {
    const whole = nodeEncode(Buffer.from("a short text"));
    for (let length = 0; length < whole.length; length++) {
      await expect(through(decode, whole.subarray(0, length))).rejects.toMatchObject({
        code: "ERR_AW_TRUNCATED",
      });
    }
  });

  it("refuses garbage after the end, or reports it", async () => {
    for (const garbage of ["g", "garbage", "x".repeat(200_000)]) {
      for (const blockSize of [1, 7, 65_536]) {
        if (garbage.length > 100 && blockSize < 100) continue;
        const data = Buffer.concat([nodeEncode(Buffer.from(text)), Buffer.from(garbage)]);
        const decoded = through((inner) => decode(inner, { blockSize }), data);
        await expect(decoded).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
        const target = memory();
        const out = decode(target, { blockSize, trailing: "report" });
        await out.writeAll(data);
        await out.close();
        expect(target.text()).toBe(text);
        expect(out.trailingBytes).toBe(garbage.length);
      }
    }
  });

  /** The beginning of a stream, and then something that begins no block of any format. */
  async function damagedAfterFlush(): Promise<{ data: Buffer; at: number }> {
    const target = memory();
    const out = encode(target);
    await out.writeAll(words(random(seed), 50_000));
    await out.flush();
    return {
      data: Buffer.concat([target.bytes(), Buffer.alloc(100_000, 0xff)]),
      at: target.length,
    };
  }

  it("says where the corruption is, to the block", async () => {
    const { data, at } = await damagedAfterFlush();
    const failure = await through((inner) => decode(inner, { blockSize: 100 }), data).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "ERR_AW_CORRUPT" });
    const { message } = failure as Error;
    const [from, to = from] = (message.match(/(?<=byte )\d+/g) ?? []).map(Number);
    expect(from, message).toBeGreaterThan(at - 100);
    expect(from, message).toBeLessThanOrEqual(at);
    expect(to, message).toBeLessThan(at + 100);
  });

  it("puts out nothing more after a failure, and throws the same one again", async () => {
    const { data } = await damagedAfterFlush();
    const target = memory();
    const out = decode(target, { blockSize: 100 });
    const failure = await out.writeAll(data).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ERR_AW_CORRUPT" });
    const { length } = target;
    for (const again of [out.flush(), out.close(), out.writeAll(data)]) {
      expect(await again.catch((error: Error) => error.message)).toBe((failure as Error).message);
    }
    await poolTurn();
    expect(target.length).toBe(length);
    expect(target.state).toBe("open");
  });

  it("reports a failure of its inner writer, in the middle and during the trailer", async () => {
    const encoded = nodeEncode(words(random(3), 100_000));
    for (const [make, data] of [
      [encode, words(random(4), 100_000)],
      [decode, encoded],
    ] as const) {
      for (const bytes of [0, 1000]) {
        const out = make(failAfter(memory(), bytes, new RangeError("the disk is gone")));
        const failed = out.writeAll(data).then(() => out.close());
        await expect(failed).rejects.toMatchObject({ cause: { message: "the disk is gone" } });
      }
    }
    const inner = memory();
    const out = encode(failAfter(inner, 1, new RangeError("the disk is gone")));
    await expect(out.close()).rejects.toMatchObject({ cause: { message: "the disk is gone" } });
  });

  it("holds a bounded amount while the inner writer takes nothing", async () => {
    // Stored rather than compressed, so that each block is output at once.
    const data = randomBytes(1 << 20);
    for (const [make, bytes] of [
      [encode, data],
      [decode, nodeEncode(data)],
      [decode, nodeEncode(Buffer.alloc(100 << 20))],
    ] as const) {
      const inner = stallable(memory());
      inner.stall();
      const out = make(inner, { blockSize: 128 * 1024 });
      // The third one is taken whole, and it is the output that must be bounded.
      const accepted = await acceptAll(out, bytes);
      expect(accepted).toBeLessThan(600 * 1024);
      // 256 KiB, and the chunk that was being put out.
      expect(out.bytesOut).toBeLessThanOrEqual(512 * 1024);
      out.abort();
    }
  });

  it("stops at maxOutputBytes and at maxRatio, with no byte more", async () => {
    const bomb = nodeEncode(Buffer.alloc(20 << 20));
    for (const options of [{ maxOutputBytes: 1 << 20 }, { maxRatio: 10 }]) {
      const target = memory();
      const out = decode(target, options);
      const failed = out.writeAll(bomb).then(() => out.close());
      await expect(failed).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
      expect(target.length).toBeLessThanOrEqual(1 << 20);
    }
    expect(
      await through((inner) => decode(inner, { maxRatio: 10 }), nodeEncode(Buffer.from("1"))),
    ).toHaveLength(1);
  });

  it("makes everything so far decodable at each flush, and adds nothing at an idle one", async () => {
    const plain = memory();
    const target = memory();
    const both = [encode(target), encode(decode(plain))] as const;
    let sent = "";
    for (let index = 0; index < 50; index++) {
      const line = `line ${index} ${"x".repeat(index * 40)}\n`;
      sent += line;
      for (const out of both) {
        await out.writeAll(line);
        await out.flush();
      }
      expect(plain.text()).toBe(sent);
      expect(codec.nodeDecodeSoFar(target.bytes()).toString()).toBe(sent);
      const { length } = target;
      await both[0].flush();
      expect(target.length).toBe(length);
    }
    for (const out of both) await out.close();
    expect(nodeDecode(target.bytes()).toString()).toBe(sent);
  });

  it("writes nothing at a flush before any byte", async () => {
    const target = memory();
    const out = encode(target);
    await out.flush();
    expect(target.length).toBe(0);
    await out.close();
    expect(nodeDecode(target.bytes())).toHaveLength(0);
  });

  it("counts bytes, and says what it is", async () => {
    const target = memory();
    const out = encode(target);
    await out.writeAll(text);
    await out.close();
    expect([out.bytesIn, out.bytesOut]).toEqual([text.length, target.length]);
    expect(String(out)).toBe(`${codec.label} > memory`);
    const plain = memory();
    const decoder = decode(plain);
    await decoder.writeAll(target.bytes());
    await decoder.close();
    expect([decoder.bytesIn, decoder.bytesOut]).toEqual([target.length, text.length]);
  });

  it("is exact over a 2-byte inner writer that is PENDING every second call", async () => {
    const target = memory();
    const inner = trackClosed(interleavePending(limited(target, { bytes: 2 })));
    const out = buffered(encode(decode(inner)), 100);
    for (const line of text.split(". ")) await out.writeAll(line);
    await out.flush();
    await out.close();
    await out.close();
    expect(target.text()).toBe(text.replaceAll(". ", ""));
    expect(inner.closesBegun).toBe(1);
  });
});

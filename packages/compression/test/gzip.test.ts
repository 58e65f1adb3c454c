import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { gunzip, gzip } from "@aw/compression";
import { buffered, memory, PENDING } from "@aw/core";
import { describe, expect, it } from "vitest";
import { random, TrickleWriter } from "./instruments.ts";

const text = "The quick brown fox jumps over the lazy dog. ".repeat(5000);

/** Inputs at the edges of blocks, and of every kind. */
const inputs: readonly [name: string, data: Buffer][] = [
  ["nothing", Buffer.alloc(0)],
  ["one byte", Buffer.from("x")],
  ["a block less one", randomBytes(65_535)],
  ["a block", randomBytes(65_536)],
  ["a block and one", randomBytes(65_537)],
  ["text", Buffer.from(text)],
  ["zeros", Buffer.alloc(1_000_000)],
  ["compressed already", gzipSync(text)],
];

/** What the system's gzip makes of it. */
function referee(data: Uint8Array): Buffer {
  return execFileSync("gzip", ["-dc"], { input: data, maxBuffer: 1 << 28 });
}

describe("gzip", () => {
  it.each(inputs)("of %s is what gzip -d takes, whatever the splits", async (_name, data) => {
    const seed = Number(process.env["AW_SEED"] ?? Date.now() % 1_000_000);
    const next = random(seed);
    const target = memory();
    const out = gzip(target);
    for (let offset = 0; offset < data.length;) {
      const size = 1 + next(next(2) === 0 ? 100 : 100_000);
      await out.writeAll(data.subarray(offset, offset + size));
      offset += size;
    }
    await out.close();
    expect(Buffer.compare(referee(target.bytes()), data), `seed ${seed}`).toBe(0);
    expect(out.bytesIn).toBe(data.length);
    expect(out.bytesOut).toBe(target.length);
  });

  it("makes everything so far decodable at each flush, and adds nothing at an idle one", async () => {
    const target = memory();
    const out = gzip(target);
    let sent = "";
    for (let index = 0; index < 50; index++) {
      const line = `line ${index} ${"x".repeat(index * 40)}\n`;
      sent += line;
      await out.writeAll(line);
      await out.flush();
      const decoded = gunzipSync(target.bytes(), { finishFlush: constants.Z_SYNC_FLUSH });
      expect(decoded.toString()).toBe(sent);
      const { length } = target;
      await out.flush();
      expect(target.length).toBe(length);
    }
    await out.close();
    expect(referee(target.bytes()).toString()).toBe(sent);
  });

  it("writes nothing at a flush before any byte", async () => {
    const target = memory();
    const out = gzip(target);
    await out.flush();
    expect(target.length).toBe(0);
    await out.close();
    expect(referee(target.bytes())).toHaveLength(0);
  });

  it("is exact over a 2-byte inner writer that is PENDING every second call", async () => {
    const inner = new TrickleWriter();
    const out = buffered(gzip(inner), 100);
    for (let index = 0; index < 300; index++) await out.writeAll(`line ${index}\n`);
    await out.flush();
    for (let index = 300; index < 600; index++) await out.writeAll(`line ${index}\n`);
    await out.close();
    await out.close();
    const lines = Array.from({ length: 600 }, (_, index) => `line ${index}\n`).join("");
    expect(referee(new Uint8Array(inner.received)).toString()).toBe(lines);
    expect(inner.closes).toBe(1);
  });

  it("reports an error of the inner writer during the trailer", async () => {
    const inner = new TrickleWriter();
    const out = gzip(inner);
    await out.writeAll("abc");
    const closing = out.close();
    inner.failNext = new Error("the disk is gone");
    await expect(closing).rejects.toThrow("the disk is gone");
  });

  it("leaves no trailer after abort", async () => {
    const target = memory();
    const out = gzip(target);
    await out.writeAll(text);
    await out.flush();
    const closing = out.close();
    out.abort("stop");
    await expect(closing).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => gunzipSync(target.bytes())).toThrow("unexpected end of file");
    expect(target.state).toBe("failed");
  });

  it("holds a bounded amount while the inner writer takes nothing", async () => {
    const inner = new TrickleWriter();
    inner.pollWrite = () => PENDING;
    const out = gzip(inner, { level: 0 });
    let accepted = 0;
    for (let full = 0; full < 100; full++) {
      const n = out.tryWrite(randomBytes(10_000));
      if (n > 0) full = 0;
      accepted += n;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(accepted).toBeLessThan(512 * 1024);
    out.abort();
  });

  it("refuses options out of range, and says what it is", () => {
    for (const options of [{ level: 10 }, { level: -1 }, { level: 1.5 }, { blockSize: 0 }]) {
      expect(() => gzip(memory(), options)).toThrow(
        expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
      );
    }
    expect(String(gzip(memory()))).toBe("gzip(6) > memory");
  });
});

describe("gunzip", () => {
  async function decode(data: Uint8Array, options = {}): Promise<string> {
    const target = memory();
    const out = gunzip(target, options);
    await out.writeAll(data);
    await out.close();
    return target.text();
  }

  it.each(inputs)("of %s gives back what the gzip command made", async (_name, data) => {
    const target = memory();
    const out = gunzip(target);
    await out.writeAll(execFileSync("gzip", ["-c"], { input: data, maxBuffer: 1 << 28 }));
    await out.close();
    expect(Buffer.compare(target.bytes(), data)).toBe(0);
  });

  it("is exact byte by byte, over a 2-byte inner writer that is PENDING every second call", async () => {
    const inner = new TrickleWriter();
    const out = gunzip(inner, { blockSize: 7 });
    for (const byte of gzipSync("all of this, in tiny steps")) await out.writeAll(Buffer.of(byte));
    await out.close();
    expect(Buffer.from(inner.received).toString()).toBe("all of this, in tiny steps");
    expect(inner.closes).toBe(1);
  });

  it("flush passes on everything that can be decoded so far", async () => {
    const target = memory();
    const chain = gzip(gunzip(target));
    await chain.writeAll("so far");
    await chain.flush();
    expect(target.text()).toBe("so far");
    await chain.close();
  });

  it("takes members one after another, and zeros at the end", async () => {
    const members = [gzipSync("one "), gzipSync(""), gzipSync("two"), Buffer.alloc(1000)];
    expect(await decode(Buffer.concat(members))).toBe("one two");
    const target = memory();
    const out = gunzip(target, { blockSize: 10 });
    for (const member of members) await out.writeAll(member);
    await out.close();
    expect(target.text()).toBe("one two");
  });

  it("fails on truncation at every length, with nothing that looks complete", async () => {
    const whole = gzipSync("a short text");
    for (let length = 0; length < whole.length; length++) {
      await expect(decode(whole.subarray(0, length))).rejects.toMatchObject({
        code: "ERR_AW_TRUNCATED",
      });
    }
  });

  it("fails on corruption and on garbage after the end", async () => {
    const whole = gzipSync(text);
    const broken = Buffer.from(whole);
    broken[whole.length - 6] = (broken[whole.length - 6] as number) ^ 0xff;
    for (const data of [
      Buffer.from("not gzip at all"),
      broken,
      Buffer.concat([whole, Buffer.from("garbage")]),
      Buffer.concat([whole, Buffer.alloc(10), Buffer.from("garbage"), Buffer.alloc(100_000)]),
    ]) {
      const failure = await decode(data).catch((error: unknown) => error);
      expect((failure as { code?: string }).code).toBe("ERR_AW_CORRUPT");
    }
  });

  it("stops at maxOutputBytes with no byte more", async () => {
    const bomb = gzipSync(Buffer.alloc(50 << 20));
    const target = memory();
    const out = gunzip(target, { maxOutputBytes: 1 << 20 });
    const failure = await out
      .writeAll(bomb)
      .then(() => out.close())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ERR_AW_LIMIT" });
    expect(target.length).toBeLessThanOrEqual(1 << 20);
    expect(await decode(gzipSync("1234"), { maxOutputBytes: 4 })).toBe("1234");
  });

  it("keeps the order and the bound when output expands and the inner writer is slow", async () => {
    const inner = new TrickleWriter();
    const out = gunzip(inner);
    const data = Buffer.alloc(200_000, "abcdefghij");
    await out.writeAll(gzipSync(data));
    await out.close();
    expect(Buffer.compare(Buffer.from(inner.received), data)).toBe(0);
  });

  it("never reports wrong bytes as success: 2,000 mutated streams", async () => {
    const seed = Number(process.env["AW_SEED"] ?? Date.now() % 1_000_000);
    const next = random(seed);
    const source = Buffer.from(text.slice(0, 3000));
    const whole = gzipSync(source);
    for (let round = 0; round < 2000; round++) {
      let data = Buffer.from(whole);
      const kind = next(3);
      if (kind === 0) {
        const at = next(data.length);
        data[at] = (data[at] as number) ^ (1 << next(8));
      } else if (kind === 1) {
        data = data.subarray(0, next(data.length));
      } else {
        data = Buffer.concat([
          data.subarray(0, next(data.length)),
          data.subarray(next(data.length)),
        ]);
      }
      const decoded = await decode(data).catch(() => undefined);
      if (decoded !== undefined) {
        expect(decoded, `seed ${seed}, round ${round}`).toBe(source.toString());
      }
    }
  });
});

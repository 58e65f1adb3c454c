import * as zlib from "node:zlib";
import * as api from "@aw/compression";
import { memory } from "@aw/core";
import { describe, expect, it } from "vitest";
import { through } from "./codecs.ts";

const text = "The quick brown fox jumps over the lazy dog. ".repeat(3000);

/** A member whose header has extra data, a name, a comment and its checksum, that much off. */
function withAllFields(off: number): Buffer {
  const fields = Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]);
  const header = Buffer.concat([fields, Buffer.from("n\0c\0")]);
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE((zlib.crc32(header) + off) & 0xffff);
  return Buffer.concat([header, checksum, zlib.gzipSync(text).subarray(10)]);
}

describe("gzip header", () => {
  const header = { name: "naïve.txt", comment: "a comment", mtime: new Date(1_700_000_000_000) };

  it("is written and read", async () => {
    const target = memory();
    const decoder = api.gunzip(target, { blockSize: 1 });
    const out = api.gzip(decoder, header);
    await out.writeAll(text);
    await out.close();
    expect(decoder.header).toEqual(header);
    expect(target.text()).toBe(text);
    const parallel = await through(
      (inner) => api.gzip(inner, { ...header, parallel: 2 }),
      Buffer.from(text),
    );
    expect(zlib.gunzipSync(parallel).toString()).toBe(text);
  });

  it("may have every field there is", async () => {
    for (const blockSize of [1, 3, 65_536]) {
      const decoder = api.gunzip(memory(), { blockSize });
      await decoder.writeAll(withAllFields(0));
      await decoder.close();
      expect(decoder.header).toEqual({ name: "n", comment: "c" });
    }
  });

  it("keeps the first 4096 characters of a name", async () => {
    const decoder = api.gunzip(memory());
    const out = api.gzip(decoder, { name: `${"n".repeat(4095)}12`, comment: "c" });
    await out.close();
    expect(decoder.header).toEqual({ name: `${"n".repeat(4095)}1`, comment: "c" });
  });

  it.each([undefined, "report"] as const)(
    "is that of the first member (trailing: %s)",
    async (trailing) => {
      const members = [];
      for (const name of ["first", "second"]) {
        members.push(await through((inner) => api.gzip(inner, { name }), Buffer.from(name)));
      }
      const target = memory();
      const decoder = api.gunzip(target, { trailing });
      await decoder.writeAll(Buffer.concat(members));
      await decoder.close();
      expect([decoder.header, target.text()]).toEqual([{ name: "first" }, "firstsecond"]);
    },
  );

  it("refuses what the format cannot hold, and says what to do", () => {
    for (const refused of [
      { name: "€" },
      { comment: "日本" },
      { mtime: new Date("1969-12-31T23:59:59Z") },
      { mtime: new Date("2106-02-07T06:28:16Z") },
    ]) {
      expect(() => api.gzip(memory(), refused)).toThrow(/leave it out/);
    }
    api.gzip(memory(), { name: "ÿ", mtime: new Date("2106-02-07T06:28:15Z") }).abort();
  });

  it("is checked, where it has a checksum", async () => {
    const failed = through(api.gunzip, withAllFields(1));
    await expect(failed).rejects.toMatchObject({
      code: "ERR_AW_CORRUPT",
      message: expect.stringContaining("at byte 20") as string,
    });
  });
});

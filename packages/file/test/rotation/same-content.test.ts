import { writeFileSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { hasSameContent } from "../../src/rotation/same-content.ts";
import { descriptorsOf } from "../descriptors-of.ts";

const folder = temporaryFolder();
const BLOCK = 64 * 1024;

/** Bytes of which no two blocks are alike. */
const bytesOf = (length: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => index ^ (index >> 8) ^ (index >> 16)));

async function compare(a: Buffer, b: Buffer): Promise<boolean> {
  writeFileSync(folder.at("a"), a);
  writeFileSync(folder.at("b"), b);
  const result = await hasSameContent(folder.at("a"), folder.at("b"));
  expect([descriptorsOf(folder.at("a")), descriptorsOf(folder.at("b"))]).toEqual([0, 0]);
  return result;
}

describe.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 7])(
  "%i bytes",
  (length) => {
    it("are the same as a copy of them, and as nothing that is longer", async () => {
      expect(await compare(bytesOf(length), bytesOf(length))).toBe(true);
      expect(await compare(bytesOf(length), bytesOf(length + 1))).toBe(false);
    });

    const places = [0, BLOCK - 1, BLOCK, 2 * BLOCK + 1, length - 1];
    it.each(places.filter((at) => at >= 0 && at < length))(
      "are others with another byte at %i",
      async (at) => {
        const other = bytesOf(length);
        other[at] = (other[at] as number) ^ 1;
        expect(await compare(bytesOf(length), other)).toBe(false);
      },
    );
  },
);

it("a file that is gone is an error, and the other one is closed", async () => {
  writeFileSync(folder.at("a"), "a");
  await expect(hasSameContent(folder.at("a"), folder.at("none"))).rejects.toMatchObject({
    code: "ENOENT",
  });
  expect(descriptorsOf(folder.at("a"))).toBe(0);
});

import { decompress, gunzip, type DecodeReader } from "@aw/compression";
import { expect, it } from "vitest";
import * as browser from "../src/browser.ts";
import { codecs, readingCodecs } from "./codecs.ts";
import { poolTurn } from "./instruments.ts";

const KIB = 1024;
const plain = Buffer.alloc(3 << 20, "text ");

type Case = [name: string, make: () => DecodeReader];

/** Each makes a reader of `plain` from what Node makes of it: one block, which expands a thousand times. */
const decoders: readonly Case[] = [
  ...readingCodecs.map(({ name, decode, nodeEncode }): Case => [
    name,
    () => decode(nodeEncode(plain)),
  ]),
  ...codecs
    .filter(({ name }) => ["gzip", "deflate", "zstd"].includes(name))
    .map(({ name, nodeEncode }): Case => [
      `${name}, found out`,
      () => decompress(nodeEncode(plain)),
    ]),
  ["gzip, member by member", () => gunzip(gzip(plain), { trailing: "report" })],
  [
    "gzip, with a small member before",
    () => gunzip(Buffer.concat([gzip(Buffer.alloc(0)), gzip(plain)]), { trailing: "report" }),
  ],
  ["gzip, in a browser", () => browser.gunzip(gzip(plain))],
];

function gzip(data: Uint8Array): Buffer {
  return (codecs[0] as (typeof codecs)[number]).nodeEncode(data);
}

it.each(decoders)("%s: output waits for who reads, and goes on then", async (_name, make) => {
  const reader = make();
  const first = (await reader.read()) ?? new Uint8Array(0);
  for (let before = -1; before < reader.bytesOut;) {
    before = reader.bytesOut;
    for (let turn = 0; turn < 5; turn++) await poolTurn();
  }
  // 256 KiB, and one chunk.
  expect(reader.bytesOut - first.length).toBeLessThanOrEqual(512 * KIB);
  const rest = await reader.readAll();
  expect(Buffer.compare(Buffer.concat([first, rest]), plain)).toBe(0);
});

import * as node from "@aw/compression";
import { memory, type AsyncWrite, type Writer } from "@aw/core";
import { expect, it } from "vitest";
import * as browser from "../src/browser.ts";

type Make = (inner: AsyncWrite, options: { blockSize: number }) => Writer;

const codecs: readonly [name: string, make: Make][] = [
  ["gzip", node.gzip],
  ["gzip of two threads", (inner, options) => node.gzip(inner, { ...options, parallel: 2 })],
  ["deflate", node.deflate],
  ["deflateRaw", node.deflateRaw],
  ["brotli", node.brotli],
  ["zstd", node.zstd],
  ["zstd of two threads", (inner, options) => node.zstd(inner, { ...options, parallel: 2 })],
  ["gunzip", node.gunzip],
  ["inflate", node.inflate],
  ["inflateRaw", node.inflateRaw],
  ["unbrotli", node.unbrotli],
  ["unzstd", node.unzstd],
  ["decompress", node.decompress],
  ["a browser's gzip", browser.gzip],
  ["a browser's deflate", browser.deflate],
  ["a browser's deflateRaw", browser.deflateRaw],
  ["a browser's gunzip", browser.gunzip],
  ["a browser's inflate", browser.inflate],
  ["a browser's inflateRaw", browser.inflateRaw],
  ["a browser's decompress", browser.decompress],
];

it.each(codecs)("%s gathers no more than blockSize at a time", (_name, make) => {
  for (const blockSize of [1000, 5000]) {
    const out = make(memory(), { blockSize });
    expect(out.tryWrite(Buffer.alloc(100_000))).toBe(blockSize);
    out.abort();
  }
});

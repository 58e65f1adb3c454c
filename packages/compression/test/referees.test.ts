import { spawnSync } from "node:child_process";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as api from "@aw/compression";
import { memory, type AsyncWrite, type Writer } from "@aw/core";
import { describe, expect, it } from "vitest";
import { noise, random, seed } from "./instruments.ts";
import { Python, type PythonCall } from "./python.ts";

type Layer = (inner: AsyncWrite) => Writer;

/** A command line, or a function of Python. */
type Tool = readonly string[] | PythonCall;

interface Referee {
  readonly name: string;
  readonly encode: Layer;
  readonly decode: Layer;
  /** What decodes our output, and what makes input for us. */
  readonly decoders: readonly Tool[];
  readonly encoders: readonly Tool[];
}

const GUNZIP: readonly Tool[] = [["gzip", "-dc"], ["pigz", "-dc"], "gunzip"];
const GZIP: readonly Tool[] = [["gzip", "-c"], ["pigz", "-c", "-p", "2", "-b", "128"], "gzip"];

const referees: readonly Referee[] = [
  {
    name: "gzip",
    encode: (inner) => api.gzip(inner),
    decode: (inner) => api.gunzip(inner),
    decoders: GUNZIP,
    encoders: GZIP,
  },
  {
    name: "gzip, parallel",
    encode: (inner) => api.gzip(inner, { parallel: 2, blockSize: 32_768 }),
    decode: (inner) => api.decompress(inner),
    decoders: GUNZIP,
    encoders: GZIP,
  },
  {
    name: "deflate",
    encode: (inner) => api.deflate(inner),
    decode: (inner) => api.inflate(inner),
    decoders: ["inflate", ["pigz", "-dc"]],
    encoders: ["deflate", ["pigz", "-zc"]],
  },
  {
    name: "deflate-raw",
    encode: (inner) => api.deflateRaw(inner),
    decode: (inner) => api.inflateRaw(inner),
    decoders: ["inflateRaw"],
    encoders: ["deflateRaw"],
  },
  {
    name: "brotli",
    encode: (inner) => api.brotli(inner),
    decode: (inner) => api.unbrotli(inner),
    decoders: [["brotli", "-dc"]],
    encoders: [["brotli", "-c", "-q", "4"]],
  },
  {
    name: "zstd",
    encode: (inner) => api.zstd(inner),
    decode: (inner) => api.unzstd(inner),
    decoders: [["zstd", "-dcq"]],
    encoders: [
      ["zstd", "-cq"],
      ["zstd", "-cq", "--no-check", "-T2"],
    ],
  },
  {
    name: "zstd, parallel",
    encode: (inner) => api.zstd(inner, { parallel: 2, blockSize: 32_768 }),
    decode: (inner) => api.decompress(inner),
    decoders: [["zstd", "-dcq"]],
    encoders: [["zstd", "-cq"]],
  },
];

/** By default every fifth input has its turn; AW_CORPUS=full takes all 208. */
const STRIDE = process.env["AW_CORPUS"] === "full" ? 1 : 5;

/** 208 inputs: the edges of blocks, and every kind of content at every size. */
function corpus(next: (limit: number) => number): Buffer[] {
  const sizes = [
    0, 1, 2, 100, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073,
  ];
  while (sizes.length < 52) sizes.push(next(200_000));
  const text = "The quick brown fox jumps over the lazy dog. ";
  return sizes.flatMap((size) => [
    noise(next, size),
    Buffer.alloc(size),
    Buffer.alloc(size, `${next(1000)} ${text}`),
    Buffer.concat([
      gzipSync(noise(next, size)),
      brotliCompressSync(Buffer.alloc(size), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    ]).subarray(0, size),
  ]);
}

async function use(tool: Tool, python: Python, input: Uint8Array): Promise<Buffer> {
  if (typeof tool === "string") return python.call(tool, input);
  const [command, ...args] = tool;
  const { stdout, status, stderr } = spawnSync(command as string, args, {
    input,
    maxBuffer: 1 << 28,
  });
  expect(status, `${command}: ${stderr}, seed ${seed}`).toBe(0);
  return stdout;
}

async function inSplits(
  make: Layer,
  data: Uint8Array,
  next: (limit: number) => number,
): Promise<Uint8Array> {
  const target = memory();
  const out = make(target);
  for (let at = 0; at < data.length;) {
    const size = 1 + next([10, 1000, 200_000][next(3)] as number);
    await out.writeAll(data.subarray(at, at + size));
    if (next(20) === 0) await out.flush();
    at += size;
  }
  await out.close();
  return target.bytes();
}

describe.each(referees)("$name", ({ encode, decode, decoders, encoders }) => {
  it(
    "agrees with every referee over a corpus in random splits, both ways",
    { timeout: 600_000 },
    async () => {
      await using python = new Python();
      const next = random(seed);
      const inputs = corpus(next).filter((_, index) => index % STRIDE === 0);
      for (const [index, data] of inputs.entries()) {
        const what = `input ${index} of ${data.length} bytes, seed ${seed}`;
        const made = await inSplits(encode, data, next);
        for (const tool of decoders) {
          const decoded = await use(tool, python, made);
          expect(Buffer.compare(decoded, data), `${String(tool)}, ${what}`).toBe(0);
        }
        for (const tool of encoders) {
          const back = await inSplits(decode, await use(tool, python, data), next);
          expect(Buffer.compare(back, data), `${String(tool)}, ${what}`).toBe(0);
        }
      }
    },
  );
});

import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as api from "@aw/compression";
import { memory, type AsyncWrite, type Writer } from "@aw/core";
import { describe, expect, it } from "vitest";
import { random } from "./instruments.ts";

type Layer = (inner: AsyncWrite) => Writer;

interface Referee {
  readonly name: string;
  readonly encode: Layer;
  readonly decode: Layer;
  /** Command lines that decode what is given, and that make it. */
  readonly decoders: readonly (readonly string[])[];
  readonly encoders: readonly (readonly string[])[];
}

const python = (body: string): readonly string[] => [
  "python3",
  "-c",
  `import sys,gzip,zlib\nd=sys.stdin.buffer.read()\nsys.stdout.buffer.write(${body})`,
];
const GZIP = [["gzip", "-dc"], ["pigz", "-dc"], python("gzip.decompress(d)")] as const;
const GZIP_MAKERS = [
  ["gzip", "-c"],
  ["pigz", "-c", "-p", "2", "-b", "128"],
  python("gzip.compress(d)"),
] as const;

const referees: readonly Referee[] = [
  {
    name: "gzip",
    encode: (inner) => api.gzip(inner),
    decode: (inner) => api.gunzip(inner),
    decoders: GZIP,
    encoders: GZIP_MAKERS,
  },
  {
    name: "gzip, parallel",
    encode: (inner) => api.gzip(inner, { parallel: 2, blockSize: 32_768 }),
    decode: (inner) => api.decompress(inner),
    decoders: GZIP,
    encoders: GZIP_MAKERS,
  },
  {
    name: "deflate",
    encode: (inner) => api.deflate(inner),
    decode: (inner) => api.inflate(inner),
    decoders: [python("zlib.decompress(d)"), ["pigz", "-dc"]],
    encoders: [python("zlib.compress(d)"), ["pigz", "-zc"]],
  },
  {
    name: "deflate-raw",
    encode: (inner) => api.deflateRaw(inner),
    decode: (inner) => api.inflateRaw(inner),
    decoders: [python("zlib.decompress(d, -15)")],
    encoders: [python("(lambda c: c.compress(d) + c.flush())(zlib.compressobj(6, 8, -15))")],
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

const seed = Number(process.env["AW_SEED"] ?? Date.now() % 1_000_000);

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
    randomBytes(size),
    Buffer.alloc(size),
    Buffer.alloc(size, `${next(1000)} ${text}`),
    Buffer.concat([
      gzipSync(randomBytes(size)),
      brotliCompressSync(Buffer.alloc(size), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    ]).subarray(0, size),
  ]);
}

function run([command, ...args]: readonly string[], input: Uint8Array): Buffer {
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
    { timeout: 120_000 },
    async () => {
      const next = random(seed);
      const inputs = corpus(next).filter((_, index) => index % STRIDE === 0);
      for (const [index, data] of inputs.entries()) {
        const what = `input ${index} of ${data.length} bytes, seed ${seed}`;
        const made = await inSplits(encode, data, next);
        // Each input goes to one referee each way; all have their turn.
        const decoder = decoders[index % decoders.length] as readonly string[];
        expect(Buffer.compare(run(decoder, made), data), `${decoder[0]}, ${what}`).toBe(0);
        const encoder = encoders[index % encoders.length] as readonly string[];
        const back = await inSplits(decode, run(encoder, data), next);
        expect(Buffer.compare(back, data), `${encoder[0]}, ${what}`).toBe(0);
      }
    },
  );
});

/** Reads what each flush added, after its length, and answers with what that decodes to. */
const STEPWISE = `
import sys, zlib
bits = int(sys.argv[1])
d = zlib.decompressobj(bits)
while True:
    head = sys.stdin.buffer.read(4)
    if not head: break
    out = d.decompress(sys.stdin.buffer.read(int.from_bytes(head, "little")))
    sys.stdout.buffer.write(len(out).to_bytes(4, "little") + out)
    sys.stdout.buffer.flush()
`;

it.each([
  ["gzip", 31, (inner: AsyncWrite) => api.gzip(inner)],
  ["gzip, parallel", 31, (inner: AsyncWrite) => api.gzip(inner, { parallel: 2 })],
  ["deflate", 15, (inner: AsyncWrite) => api.deflate(inner)],
  ["deflate-raw", -15, (inner: AsyncWrite) => api.deflateRaw(inner)],
] as const)(
  "%s: Python decodes everything so far after each flush",
  async (_name, bits, encode) => {
    const child = spawn("python3", ["-c", STEPWISE, String(bits)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const answers = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const target = memory();
    const out = encode(target);
    const next = random(seed);
    let seen = 0;
    for (let round = 0; round < 100; round++) {
      const chunk = randomBytes(1 + next(20_000));
      await out.writeAll(chunk);
      await out.flush();
      const news = target.bytes().slice(seen);
      seen += news.length;
      const head = Buffer.alloc(4);
      head.writeUInt32LE(news.length);
      child.stdin.write(Buffer.concat([head, news]));
      let answer = Buffer.alloc(0);
      while (answer.length < 4 || answer.length < 4 + answer.readUInt32LE(0)) {
        const { value, done } = await answers.next();
        if (done === true) throw new Error("the referee ended");
        answer = Buffer.concat([answer, value]);
      }
      expect(Buffer.compare(answer.subarray(4), chunk), `seed ${seed}`).toBe(0);
    }
    await out.close();
    child.stdin.end();
  },
);

it.each([
  ["brotli", ["brotli", "-dc"], [3], (inner: AsyncWrite) => api.brotli(inner)],
  ["zstd", ["zstd", "-dcq"], [], (inner: AsyncWrite) => api.zstd(inner)],
  ["zstd, parallel", ["zstd", "-dcq"], [], (inner: AsyncWrite) => api.zstd(inner, { parallel: 2 })],
] as const)(
  "%s: the command decodes everything so far after each flush",
  async (_name, command, end, encode) => {
    const target = memory();
    const out = encode(target);
    const next = random(seed);
    let sent = Buffer.alloc(0);
    for (let round = 0; round < 30; round++) {
      const chunk = randomBytes(1 + next(20_000));
      sent = Buffer.concat([sent, chunk]);
      await out.writeAll(chunk);
      await out.flush();
      // brotli puts nothing out without an end: its empty last block is one byte. zstd only complains.
      const [name, ...args] = command;
      const { stdout } = spawnSync(name, args, {
        input: Buffer.concat([target.bytes(), Buffer.from(end)]),
        maxBuffer: 1 << 28,
      });
      expect(Buffer.compare(stdout, sent), `seed ${seed}, round ${round}`).toBe(0);
    }
    await out.close();
  },
);

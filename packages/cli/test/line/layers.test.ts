import * as zlib from "node:zlib";
import { compose, memory } from "@aw/core";
import { expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/commands.ts";
import { parseCommandLine } from "../../src/line/arguments.ts";

const TEXT = Array.from({ length: 2000 }, (_, index) => `${index} ${(index * index) % 997}\n`).join(
  "",
);

type Bytes = Uint8Array;

const plain = (text: string): Bytes => Buffer.from(text);

const CASES: readonly [
  args: string,
  input: (data: string) => Bytes,
  output: (made: Bytes) => Bytes,
][] = [
  ["--gzip=1", plain, zlib.gunzipSync],
  ["--deflate=9", plain, zlib.inflateSync],
  ["--brotli=1", plain, zlib.brotliDecompressSync],
  ["--zstd=-5", plain, zlib.zstdDecompressSync],
  ["--zstd --parallel=2", plain, zlib.zstdDecompressSync],
  ["--gunzip", zlib.gzipSync, (made) => made],
  ["--inflate", zlib.deflateSync, (made) => made],
  ["--unbrotli", zlib.brotliCompressSync, (made) => made],
  ["--unzstd", zlib.zstdCompressSync, (made) => made],
  ["--decompress", zlib.zstdCompressSync, (made) => made],
  ["--buffer=1KiB --limit=1MB --throttle=1GB/s", plain, (made) => made],
  // In the order of the command line.
  ["--gunzip --deflate --inflate --gzip", zlib.gzipSync, zlib.gunzipSync],
];

it("each name stands for its layer, in the order of the command line", async () => {
  // Loaded here, and not with this file: the table is what is tested.
  const { layersOf } = await import("../../src/line/layers.ts");
  for (const [args, input, output] of CASES) {
    const target = memory();
    const layers = await layersOf(parseCommandLine(COMMANDS.pipe.options, args.split(" ")));
    const out = compose(target, ...layers);
    await out.writeAll(input(TEXT));
    await out.close();
    expect(String(Buffer.from(output(target.bytes())))).toBe(TEXT);
  }
  const limited = await layersOf(parseCommandLine(COMMANDS.pipe.options, ["--limit=3B"]));
  const out = compose(memory(), ...limited);
  await expect(out.writeAll("four").then(() => out.flush())).rejects.toMatchObject({
    code: "ERR_AW_LIMIT",
  });
  const parallel = parseCommandLine(COMMANDS.pipe.options, ["--deflate", "--parallel"]);
  await expect(layersOf(parallel)).rejects.toThrow("--parallel is for --gzip and --zstd");
  const level = parseCommandLine(COMMANDS.pipe.options, ["--zstd=23"]);
  await expect(layersOf(level)).rejects.toThrow("level must be");
});

import * as zlib from "node:zlib";
import { memory, type MemoryWriter } from "@aw/core";
import { afterEach, describe, expect, it, vi } from "vitest";

type Zlib = typeof zlib;

/** The package on a platform whose `node:zlib` differs in this. */
async function on(changes: { readonly [Name in keyof Zlib]?: unknown }) {
  vi.resetModules();
  vi.doMock("node:zlib", () => ({ ...zlib, ...changes }));
  return import("@aw/compression");
}

afterEach(() => {
  vi.doUnmock("node:zlib");
  vi.resetModules();
});

/** As on a platform that knows of no dictionaries, and ignores them without a word. */
function ignoring<Made>(make: (options: object) => Made) {
  return vi.fn((options: { dictionary?: Uint8Array } = {}): Made => {
    const { dictionary: _ignored, ...others } = options;
    return make(others);
  });
}

const text = Buffer.from("some text that both ends know, and that neither has to send");
const dictionary = text;

function unsupported(message: string): unknown {
  return expect.objectContaining({
    code: "ERR_AW_UNSUPPORTED",
    message: expect.stringContaining(message) as string,
  });
}

it("without zstd refuses that, and does all else", async () => {
  const api = await on({ createZstdCompress: undefined, createZstdDecompress: undefined });
  expect(() => api.zstd(memory())).toThrow(unsupported("zstd: this platform has no zstd"));
  expect(() => api.unzstd(memory())).toThrow(unsupported("unzstd: this platform has no zstd"));
  expect(await api.decompress(api.gzip(text)).text()).toBe(String(text));
});

it("whose zstd ignores dictionaries refuses those", async () => {
  const api = await on({ zstdCompressSync: (data: Uint8Array) => zlib.zstdCompressSync(data) });
  for (const name of ["zstd", "unzstd", "decompress"] as const) {
    const make: (inner: MemoryWriter, options: object) => unknown = api[name];
    expect(() => make(memory(), { dictionary })).toThrow(
      unsupported(`${name}: zstd takes no dictionaries here`),
    );
  }
  expect(await api.unzstd(api.zstd(text)).text()).toBe(String(text));
});

it("without brotli's large window refuses that", async () => {
  const api = await on({
    brotliDecompressSync(): never {
      throw new RangeError("ERR_BROTLI_INVALID_PARAM");
    },
  });
  for (const name of ["brotli", "unbrotli"] as const) {
    const make: (inner: MemoryWriter, options: object) => unknown = api[name];
    expect(() => make(memory(), { largeWindow: true })).toThrow(
      unsupported(`${name}: this platform has no largeWindow`),
    );
  }
  expect(await api.unbrotli(api.brotli(text)).text()).toBe(String(text));
});

describe.each([
  ["deflate", "inflate", "createDeflate", "createInflate"],
  ["deflateRaw", "inflateRaw", "createDeflateRaw", "createInflateRaw"],
] as const)("%s and %s", (encode, decode, createEncoder, createDecoder) => {
  const nodeDecode = { deflate: zlib.inflateSync, deflateRaw: zlib.inflateRawSync }[encode];

  it("have dictionaries where the platform ignores them, and its codecs for all else", async () => {
    const makeEncoder = ignoring(zlib[createEncoder]);
    const makeDecoder = ignoring(zlib[createDecoder]);
    const api = await on({
      deflateRawSync: (data: Uint8Array) => zlib.deflateRawSync(data),
      [createEncoder]: makeEncoder,
      [createDecoder]: makeDecoder,
    });
    const made = await api[encode](text, { dictionary }).readAll();
    expect(made.length).toBeLessThan(text.length / 2);
    expect(String(nodeDecode(made, { dictionary }))).toBe(String(text));
    expect(await api[decode](made, { dictionary }).text()).toBe(String(text));
    expect([makeEncoder.mock.calls, makeDecoder.mock.calls]).toEqual([[], []]);
    expect(await api[decode](api[encode](text)).text()).toBe(String(text));
    expect([makeEncoder.mock.calls.length, makeDecoder.mock.calls.length]).toEqual([1, 1]);
  });

  it("have them from the platform where it takes them", async () => {
    const makeEncoder = vi.fn(zlib[createEncoder]);
    const makeDecoder = vi.fn(zlib[createDecoder]);
    const api = await on({ [createEncoder]: makeEncoder, [createDecoder]: makeDecoder });
    const back = api[decode](api[encode](text, { dictionary }), { dictionary });
    expect(await back.text()).toBe(String(text));
    expect(makeEncoder.mock.calls).toMatchObject([[{ dictionary }]]);
    expect(makeDecoder.mock.calls).toMatchObject([[{ dictionary }]]);
  });
});

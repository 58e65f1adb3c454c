import type { ZstdOptions } from "@aw/compression";
import { describe, expect, inject, it } from "vitest";

const port = inject("zstdPort");

async function fetched(options: ZstdOptions): Promise<string> {
  const query = new URLSearchParams({ options: JSON.stringify(options) });
  return (await fetch(`http://127.0.0.1:${port}/?${query.toString()}`)).text();
}

// What the README says about zstd over HTTP.
describe("Chromium", () => {
  it.each<[string, ZstdOptions]>([
    ["level 3", {}],
    ["level 19", { level: 19 }],
    ["a window of 8 MiB", { windowLog: 23 }],
    ["parallel frames", { parallel: 2, blockSize: 1000 }],
    ...[20, 21, 22].map((level): [string, ZstdOptions] => [
      `level ${level} with windowLog "http"`,
      { level, windowLog: "http" },
    ]),
  ])("reads zstd of %s", async (_name, options) => {
    expect(await fetched(options)).toHaveLength(10_000);
  });

  it.each<[string, ZstdOptions]>([
    ["a window of 16 MiB", { windowLog: 24 }],
    ...[20, 21, 22].map((level): [string, ZstdOptions] => [`level ${level}`, { level }]),
  ])("refuses zstd of %s", async (_name, options) => {
    await expect(fetched(options)).rejects.toThrow(TypeError);
  });
});

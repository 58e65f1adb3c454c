import { execFileSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { download } from "../src/http-download.ts";
import { httpServer } from "./http-server.ts";
import { runRecipe } from "./recipe.ts";

const { at } = temporaryFolder();
const text = "some text of a dump\n".repeat(5000);
const packed = gzipSync(text);

it.each([
  ["gzip", packed],
  ["zstd", execFileSync("zstd", ["-c"], { input: text })],
])("unpacks what %s packed, and says how much of it has come", async (_name, body) => {
  const url = await httpServer((_request, response) => {
    response.setHeader("Content-Length", body.length);
    response.end(body);
  });
  const said: [number, number | undefined][] = [];
  const onProgress = (...args: [number, number | undefined]): void => void said.push(args);
  expect(await download(url, at("dump"), { onProgress })).toBe(text.length);
  expect(await readFile(at("dump"), "utf8")).toBe(text);
  expect(said.at(-1)).toEqual([body.length, body.length]);
});

it.each<[string, RequestListener, object, object]>([
  [
    "is cut off",
    (_request, response) => {
      response.setHeader("Content-Length", packed.length);
      response.write(packed.subarray(0, 100), () => response.destroy());
    },
    {},
    { name: "AsyncWriteError" },
  ],
  [
    "ends early",
    (_request, response) => response.end(packed.subarray(0, -4)),
    {},
    { code: "ERR_AW_TRUNCATED" },
  ],
  [
    "is damaged",
    (_request, response) => {
      const damaged = Uint8Array.from(packed);
      damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 1;
      response.end(damaged);
    },
    {},
    { code: "ERR_AW_CORRUPT" },
  ],
  [
    "stalls",
    (_request, response) => void response.write(packed.subarray(0, 100)),
    { patience: 20 },
    { code: "ERR_AW_TIMEOUT" },
  ],
  [
    "is more than is allowed",
    (_request, response) => response.end(packed),
    { maxBytes: 1000 },
    { code: "ERR_AW_LIMIT" },
  ],
  [
    "is not there",
    (_request, response) => response.writeHead(404).end("nothing here"),
    {},
    { message: expect.stringContaining("404") as string },
  ],
])("keeps the old file if the new one %s", async (_name, answer, options, expected) => {
  await writeFile(at("dump"), "old");
  const url = await httpServer(answer);
  await expect(download(url, at("dump"), options)).rejects.toMatchObject(expected);
  expect(await readFile(at("dump"), "utf8")).toBe("old");
  expect(await readdir(at("."))).toEqual(["dump"]);
});

it("stops by its signal", async () => {
  const url = await httpServer((_request, response) => void response.write(packed.subarray(0, 99)));
  const controller = new AbortController();
  const downloading = download(url, at("dump"), {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(downloading).rejects.toMatchObject({ cause: { message: "enough" } });
  expect(await readdir(at("."))).toEqual([]);
});

it("runs as a command", async () => {
  const url = await httpServer((_request, response) => response.end(packed));
  const { status, output } = await runRecipe("http-download", url, at("dump")).end();
  expect({ status, output }).toEqual({ status: 0, output: `\n${text.length} bytes\n` });
  expect(await readFile(at("dump"), "utf8")).toBe(text);
});

import { execFileSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { receiveUpload } from "../src/receive-upload.ts";
import { httpServer } from "./http-server.ts";

const { at } = temporaryFolder();

/** Uploads over HTTP. Returns the status. */
async function upload(body: Uint8Array<ArrayBuffer>, path: string = at("upload")): Promise<number> {
  const url = await httpServer((request, response) => {
    receiveUpload(request, response, path, { maxOutputBytes: 10 << 20, maxRatio: 200 }).catch(
      () => {},
    );
  });
  const response = await fetch(url, { method: "POST", body });
  await response.text();
  return response.status;
}

const text = "some text\n".repeat(1000);

it.each([
  ["gzip", execFileSync("gzip", ["-c"], { input: text })],
  ["zstd", execFileSync("zstd", ["-c"], { input: text })],
])("unpacks what %s packed", async (_name, packed) => {
  expect(await upload(Uint8Array.from(packed))).toBe(201);
  expect(await readFile(at("upload"), "utf8")).toBe(text);
});

const half = gzipSync(text).subarray(0, -10);
const flipped = Uint8Array.from(gzipSync(text));
flipped[flipped.length - 6] = (flipped[flipped.length - 6] ?? 0) ^ 1; // its checksum

it.each([
  ["a gzip bomb", gzipSync(Buffer.alloc(200 << 20)), 413],
  ["a zstd bomb", zstdCompressSync(Buffer.alloc(200 << 20)), 413],
  ["a bomb in a bomb's clothes", gzipSync(gzipSync(Buffer.alloc(200 << 20))), 201],
  ["half a file", half, 400],
  ["a damaged file", flipped, 400],
  ["plain text", Buffer.from(text), 400],
  ["nothing", Buffer.alloc(0), 400],
])("answers %s", async (_name, body, status) => {
  await writeFile(at("upload"), "old");
  expect(await upload(Uint8Array.from(body))).toBe(status);
  if (status === 201) return;
  expect(await readFile(at("upload"), "utf8")).toBe("old");
  expect(await readdir(at("."))).toEqual(["upload"]);
});

it("answers 500 where there is no such folder", async () => {
  expect(await upload(Uint8Array.from(gzipSync(text)), at("no/such/folder"))).toBe(500);
});

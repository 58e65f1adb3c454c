import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { copy } from "@aw/core";
import { expect, it } from "vitest";
import { httpUpload, objectWriter } from "../src/object-store.ts";
import { httpServer } from "./http-server.ts";
import { runRecipe } from "./recipe.ts";

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Store {
  url: string;
  /** The parts of the upload, by their number; what they became; whether it was given up. */
  parts: Map<number, Buffer>;
  object: Buffer | undefined;
  abandoned: Promise<void>;
}

/** A store over HTTP for one object. Part `failing` is refused. */
async function store(failing?: number): Promise<Store> {
  const { promise: abandoned, resolve } = Promise.withResolvers<void>();
  const state: Store = { url: "", parts: new Map(), object: undefined, abandoned };
  const answer: RequestHandler = async (request, response) => {
    const query = new URL(request.url ?? "", "http://store").searchParams;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const part = Number(query.get("part"));
    if (request.method === "PUT" && part === failing) {
      response.statusCode = 503;
    } else if (request.method === "PUT") {
      state.parts.set(part, Buffer.concat(chunks));
    } else if (request.method === "POST") {
      const numbers = Array.from({ length: Number(query.get("parts")) }, (_, index) => index + 1);
      state.object = Buffer.concat(numbers.map((number) => state.parts.get(number) as Buffer));
    } else {
      state.parts.clear();
      resolve();
    }
    response.end();
  };
  const base = await httpServer((request, response) => void answer(request, response));
  return Object.assign(state, { url: `${base}/bucket/object` });
}

const PART = 100_000;
const sizes = ({ parts }: Store): number[] => [...parts.values()].map(({ length }) => length);

it.each([
  [1, [PART, PART, 50_000]],
  [30_000, [PART, PART, 50_000]],
  [PART, [PART, PART, 50_000]],
  [250_000, [PART, PART, 50_000]],
])("makes large parts of writes of %i bytes", async (size, expected) => {
  const target = await store();
  const bytes = randomBytes(250_000);
  const out = objectWriter(httpUpload(target.url), PART);
  for (let at = 0; at < bytes.length; at += size) await out.writeAll(bytes.subarray(at, at + size));
  expect(target.object).toBeUndefined();
  await out.close();
  expect(sizes(target)).toEqual(expected);
  expect(target.object?.equals(bytes)).toBe(true);
});

it("makes an empty object of nothing", async () => {
  const target = await store();
  await objectWriter(httpUpload(target.url)).close();
  expect(target.object).toEqual(Buffer.alloc(0));
});

it("abandons the upload when the source fails", async () => {
  const target = await store();
  const failure = new Error("the disk is gone");
  async function* source(): AsyncGenerator<Uint8Array> {
    yield randomBytes(250_000);
    throw failure;
  }
  const uploading = async (): Promise<void> => {
    await using out = objectWriter(httpUpload(target.url), PART);
    await copy(source(), out);
    await out.close();
  };
  await expect(uploading()).rejects.toBe(failure);
  await target.abandoned;
  expect(target.object).toBeUndefined();
});

it("fails with what the store answered, and abandons the upload", async () => {
  const target = await store(2);
  const out = objectWriter(httpUpload(target.url), PART);
  await expect(out.writeAll(randomBytes(1_000_000))).rejects.toThrow("the store answered 503");
  await target.abandoned;
  expect(target.object).toBeUndefined();
});

it("runs as a command, in large parts of gzip", async () => {
  const target = await store();
  const bytes = randomBytes(9 << 20);
  const upload = runRecipe("object-store", target.url);
  for (let at = 0; at < bytes.length; at += 10_000)
    upload.stdin.write(bytes.subarray(at, at + 10_000));
  upload.stdin.end();
  expect(await upload.end()).toEqual({ status: 0, output: "", errors: "" });
  expect(sizes(target)[0]).toBeGreaterThan(8_000_000);
  expect(sizes(target)).toHaveLength(2);
  expect(gunzipSync(target.object ?? "").equals(bytes)).toBe(true);
});

import { createHash } from "node:crypto";
import { temporaryFolder } from "@aw/testing/vitest";
import type { Logger } from "pino";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { newUploadId } from "../../src/ingest/upload-id.ts";
import type { Receipt } from "../../src/live/snapshot.ts";
import { openS3 } from "../../src/store/s3/open-s3.ts";
import type { S3Store } from "../../src/store/s3/s3-store.ts";
import { S3Server } from "./s3-server.ts";
import { storeCases } from "./store-cases.ts";

const { at } = temporaryFolder();
const MIB = 2 ** 20;
let server: S3Server;

beforeEach(async () => {
  server = await S3Server.start(at("s3"));
  // What s3rver knows.
  vi.stubEnv("AWS_ACCESS_KEY_ID", "S3RVER");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "S3RVER");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

function urlOf(place = "uploads"): string {
  return `s3://${place}?endpoint=${server.endpoint}`;
}

async function open(...flags: string[]): Promise<S3Store> {
  const store = await openS3(await loadConfig(["--store", urlOf(), ...flags]));
  onTestFinished(() => store.close());
  return store;
}

function receiptOf(id: string, bytes: Uint8Array): Receipt {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const fixed = {
    encoding: "identity",
    route: "tcp",
    storedAt: Date.now(),
    durationMs: 1,
  } as const;
  return { id, name: "x", bytes: bytes.length, sha256, ...fixed };
}

storeCases("S3", () => ({
  open: async () => await openS3(await loadConfig(["--store", urlOf()])),
  async contents() {
    const objects = await server.objects("uploads");
    return new Map([...objects].map(([key, bytes]) => [key.split("-")[0] ?? "", bytes]));
  },
  leftovers: () => server.unfinished(),
}));

describe("an upload in parts", () => {
  it("has parts of one size, and so many at a time and no more", async () => {
    const store = await open("--s3.partBytes", String(5 * MIB), "--s3.concurrency", "2");
    const id = newUploadId();
    const slot = await store.create({ id, name: "x" });
    let waiting = 0;
    server.fault = (_request, url) => {
      if (!url.searchParams.has("partNumber")) return undefined;
      waiting++;
      return "wait";
    };
    const bytes = Buffer.alloc(23 * MIB, "some text, ");
    let written = 0;
    const writing = (async () => {
      for (let from = 0; from < bytes.length; from += 65_536) {
        await slot.writer.writeAll(bytes.subarray(from, from + 65_536));
        written = from;
      }
    })();
    let before = -1;
    while (waiting < 2 || before !== written) {
      before = written;
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    // Two parts are on their way, a third one is full, and the engine has two slabs.
    expect(waiting).toBe(2);
    expect(written).toBeLessThanOrEqual(15 * MIB + 2 * 256 * 1024 + 65_536);
    slot.writer.abort(new Error("enough"));
    await expect(writing).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    await slot.discard();
    expect(await server.unfinished()).toEqual([]);
    expect(server.requests.map(({ what }) => what)).toContain("DELETE abort");
  });

  it("is put together in order, whatever part arrives first", async () => {
    const store = await open("--s3.partBytes", String(5 * MIB), "--s3.concurrency", "4");
    const id = newUploadId();
    const slot = await store.create({ id, name: "x" });
    const bytes = Buffer.alloc(12 * MIB, Buffer.from(Array.from({ length: 251 }, (_, n) => n)));
    await slot.writer.writeAll(bytes);
    await slot.writer.close();
    await slot.commit(receiptOf(id, bytes));
    expect((await server.objects("uploads")).get(`${id}-x`)?.equals(bytes)).toBe(true);
    const parts = server.requests.filter(({ what }) => what === "PUT part");
    expect(parts.map((part) => part.bytes)).toEqual([5 * MIB, 5 * MIB, 2 * MIB]);
  });

  it("goes on when a server fails for the moment, or cuts a connection", async () => {
    const store = await open();
    const faults = ["cut", "error"] as const;
    let left = 2;
    server.fault = () => (left-- > 0 ? faults[left % 2] : undefined);
    const id = newUploadId();
    const slot = await store.create({ id, name: "x" });
    left = 2;
    await slot.writer.writeAll("hello");
    await slot.writer.close();
    left = 2;
    await slot.commit(receiptOf(id, Buffer.from("hello")));
    expect(String((await server.objects("uploads")).get(`${id}-x`))).toBe("hello");
    expect(store.figures).toEqual({ retries: 6 });
  });

  it("is refused where the server goes on failing, and nothing of it is left", async () => {
    const store = await open();
    const id = newUploadId();
    const slot = await store.create({ id, name: "x" });
    server.fault = (_request, url) => (url.searchParams.has("partNumber") ? "error" : undefined);
    const closing = slot.writer.writeAll("hello").then(() => slot.writer.close());
    await expect(closing).rejects.toMatchObject({ code: "ERR_AW_CONNECT" });
    await slot.discard();
    expect(await server.unfinished()).toEqual([]);
  });

  it("is refused for what has failed first, also if nothing of it can be removed then", async () => {
    const warn = vi.fn<() => void>();
    const log = { warn } as unknown as Logger;
    const store = await openS3(await loadConfig(["--store", urlOf()]), log);
    onTestFinished(() => store.close());
    const slot = await store.create({ id: newUploadId(), name: "x" });
    server.fault = () => "error";
    const closing = slot.writer.writeAll("hello").then(() => slot.writer.close());
    await expect(closing).rejects.toMatchObject({ message: expect.stringContaining("part 1") });
    await slot.discard();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it("is removed where its receipt can't be stored", async () => {
    const store = await open();
    const id = newUploadId();
    const slot = await store.create({ id, name: "x" });
    await slot.writer.writeAll("hello");
    await slot.writer.close();
    server.fault = ({ method }, { pathname }) =>
      method === "PUT" && pathname.includes("receipts") ? "error" : undefined;
    const receipt = receiptOf(id, Buffer.from("hello"));
    await expect(slot.commit(receipt)).rejects.toMatchObject({ code: "ERR_AW_CONNECT" });
    await slot.discard();
    expect(await server.objects("uploads")).toEqual(new Map());
    expect(await store.find(id)).toBeUndefined();
  });
});

describe("what can't be", () => {
  it.each([
    [
      "a bucket that is not there",
      () => urlOf("nowhere"),
      "make it there, or change the key store",
    ],
    [
      "a server that is not there",
      () => "s3://uploads?endpoint=http://127.0.0.1:1",
      "start the server there, or change the key store",
    ],
  ])("is %s: it says so at once, and names the key", async (_what, url, remedy) => {
    const opening = openS3(await loadConfig(["--store", url()]));
    await expect(opening).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringMatching(new RegExp(`^store: bucket .*; ${remedy}$`)),
    });
  });

  it.each([
    "s3://",
    "s3://UPPER",
    "s3://id:secret@uploads",
    "s3://uploads?endpoint=http://id:secret@host",
    "s3://uploads?endpoint=ftp://host",
    "s3://uploads?typo=1",
  ])("is the URL %s", async (url) => {
    const error = await openS3(await loadConfig(["--store", url])).then(String, (e: unknown) => e);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).not.toContain("secret");
  });
});

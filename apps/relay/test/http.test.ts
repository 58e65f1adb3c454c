import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { connect } from "@aw/websocket";
import { describe, expect, it } from "vitest";
import type { Receipt, Snapshot } from "../src/live/snapshot.ts";
import type { Relay } from "../src/relay.ts";
import { FolderStore } from "../src/store/folder-store.ts";
import { fileOf, relays } from "./start-relay.ts";

const { folder, start } = relays();

function put(
  relay: Relay,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers = {},
): Promise<Response> {
  return fetch(`${relay.addressOf("http")}/uploads/${path}`, { method: "PUT", body, headers });
}

function get(relay: Relay, path: string, headers = {}): Promise<Response> {
  return fetch(`${relay.addressOf("http")}${path}`, { headers });
}

function post(relay: Relay, path: string, body: string): Promise<Response> {
  return fetch(`${relay.addressOf("http")}${path}`, { method: "POST", body });
}

/** The first snapshot that `wanted` is true of, as the page gets it. */
async function snapshotWhere(
  relay: Relay,
  wanted: (snapshot: Snapshot) => boolean,
): Promise<Snapshot> {
  const { body } = await get(relay, "/events");
  let text = "";
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString();
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(event) ?? [];
      expect(name).toBe("snapshot");
      const snapshot = JSON.parse(data ?? "") as Snapshot;
      if (wanted(snapshot)) return snapshot;
    }
  }
  throw new Error("the feed has ended");
}

describe("uploads over HTTP", () => {
  it("are stored, listed and found", async () => {
    const relay = await start();
    const response = await put(relay, "a.txt", "hello");
    expect(response.status).toBe(201);
    const receipt = (await response.json()) as Receipt;
    const sha256 = createHash("sha256").update("hello").digest("hex");
    expect(receipt).toMatchObject({ name: "a.txt", bytes: 5, sha256, route: "http" });
    expect(await readFile(fileOf(folder.at("data"), receipt), "utf8")).toBe("hello");
    const second = (await (await put(relay, "a.txt", "again")).json()) as Receipt;
    expect(await (await get(relay, "/uploads")).json()).toEqual([second, receipt]);
    expect(await (await get(relay, `/uploads/${receipt.id}`)).json()).toEqual(receipt);
    expect((await get(relay, "/uploads/unknown")).status).toBe(404);
  });

  it("are known to the next relay over the same folder, and to one at a time", async () => {
    const first = await start();
    const receipt = (await (await put(first, "a.txt", "hello")).json()) as Receipt;
    await expect(FolderStore.open(folder.at("data"))).rejects.toMatchObject({ code: "ERR_AW_IO" });
    await first.close(0);
    const second = await start();
    expect(await (await get(second, `/uploads/${receipt.id}`)).json()).toEqual(receipt);
    const { recent, totals } = second.feed.snapshot();
    expect(recent).toEqual([{ ...receipt, key: null, outcome: "stored" }]);
    expect(totals).toEqual({ stored: 0, refused: 0, bytes: 0 });
  });

  it.each([
    ["gzip", gzipSync("hello")],
    ["br", brotliCompressSync("hello")],
    ["deflate", deflateSync("hello")],
  ])("are decoded as Content-Encoding says: %s", async (encoding, body) => {
    const relay = await start();
    const response = await put(relay, "x", body, { "Content-Encoding": encoding });
    expect(await response.json()).toMatchObject({ bytes: 5 });
  });

  it("are stored as they are where that is asked for", async () => {
    const relay = await start();
    const body = gzipSync("hello");
    const response = await put(relay, "x.gz?encoding=identity", body);
    expect(await response.json()).toMatchObject({ bytes: body.length, encoding: "identity" });
  });

  it.each([
    [".hidden", "x", {}, 400],
    ["..%2Fescape", "x", {}, 400],
    ["x", "x", { "Content-Encoding": "rot13" }, 415],
    ["x", "no gzip", { "Content-Encoding": "gzip" }, 400],
    ["x", "x".repeat(2_000_000), {}, 413],
  ])("are refused where they make no sense: %s %#", async (name, body, headers, status) => {
    const relay = await start({ limits: { maxBytes: 1_000_000 } });
    const response = await put(relay, name, body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: expect.stringMatching(/^ERR_AW_/) });
    expect(await readdir(folder.at("data/uploads"))).toEqual([]);
  });
});

describe("the feed", () => {
  it("shows who waits for whom when the receiver is slow, and that it goes on", async () => {
    const relay = await start();
    const slow = await post(relay, "/slow", JSON.stringify({ bytesPerSecond: 1000 }));
    expect(slow.status).toBe(204);
    const uploading = put(relay, "big", gzipSync(Buffer.alloc(8 << 20, "some text ")));
    const snapshot = await snapshotWhere(relay, ({ transfers: [transfer] }) =>
      (transfer?.layers ?? []).some(({ isWaiting, waitedMs }) => isWaiting && waitedMs > 0),
    );
    expect(snapshot.receiverBytesPerSecond).toBe(1000);
    const [transfer] = snapshot.transfers;
    expect(transfer).toMatchObject({ direction: "receive", name: "big", route: "http" });
    expect(transfer?.chain).toMatch(/^gunzip > sha256 > throttle\(1000 B\/s\) > .*-big/);
    expect(transfer?.layers.map(({ name }) => name).join(" > ")).toBe(transfer?.chain);
    await post(relay, "/slow", JSON.stringify({ bytesPerSecond: null }));
    expect(await (await uploading).json()).toMatchObject({ bytes: 8 << 20 });
    const after = await snapshotWhere(relay, () => true);
    expect(after).toMatchObject({ transfers: [], recent: [{ outcome: "stored", name: "big" }] });
  });

  it("has switches that refuse what they can't mean", async () => {
    const relay = await start();
    const wrong = ["", "{}", '{"bytesPerSecond":0}', '{"bytesPerSecond":1,"x":2}'];
    for (const body of [...wrong, `{"bytesPerSecond":${"1".repeat(5000)}}`]) {
      const response = await post(relay, "/slow", body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: "ERR_RELAY_REQUEST" });
    }
  });

  it("compares what happens without waiting", async () => {
    const relay = await start();
    const body = JSON.stringify({ receiverBytesPerSecond: 1 << 20, totalBytes: 32 << 20 });
    expect((await post(relay, "/naive", body)).status).toBe(202);
    expect((await post(relay, "/naive", body)).status).toBe(409);
    const { comparison } = await snapshotWhere(
      relay,
      (snapshot) => (snapshot.comparison?.naive.heldBytes ?? 0) > 16 << 20,
    );
    expect(comparison?.naive.state).toBe("running");
    // Two slabs, whatever the receiver does.
    expect(comparison?.writer.maxHeldBytes).toBeLessThan(1 << 20);
    const url = `${relay.addressOf("http")}/naive`;
    expect((await fetch(url, { method: "DELETE" })).status).toBe(204);
    expect(relay.feed.snapshot().comparison?.naive.state).toBe("failed");

    const small = JSON.stringify({ receiverBytesPerSecond: 1 << 30, totalBytes: 200_000 });
    expect((await post(relay, "/naive", small)).status).toBe(202);
    const over = await snapshotWhere(relay, ({ comparison: latest }) =>
      [latest?.naive, latest?.writer].every((sample) => sample?.state !== "running"),
    );
    const whole = { state: "done", writtenBytes: 200_000, receivedBytes: 200_000 };
    expect(over.comparison).toMatchObject({ naive: whole, writer: whole });
  });
});

it("is closed to whoever has no token, but for its health and its page", async () => {
  const token = "0123456789abcdef";
  const relay = await start({ access: { tokens: [token, "another-token-16"] } });
  for (const path of ["/uploads", "/events", "/metrics", `/uploads?token=x${token}`]) {
    const response = await get(relay, path);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: "ERR_RELAY_TOKEN" });
  }
  expect((await put(relay, "x", "x")).status).toBe(401);
  expect((await get(relay, "/healthz")).status).toBe(200);
  expect((await get(relay, "/")).status).toBe(200);
  const headers = { Authorization: `Bearer ${token}` };
  expect((await put(relay, "x", "x", headers)).status).toBe(201);
  expect((await get(relay, `/uploads?token=${token}`)).status).toBe(200);
});

it("lets no page of another site change anything", async () => {
  const relay = await start();
  const { host } = new URL(relay.addressOf("http"));
  expect((await put(relay, "x", "x", { Origin: "http://elsewhere.example" })).status).toBe(403);
  expect((await put(relay, "x", "x", { Origin: "null" })).status).toBe(403);
  expect((await put(relay, "x", "x", { Origin: `http://${host}` })).status).toBe(201);
  const upgrade = connect(`ws://${host}/uploads/x`, { headers: { Origin: "http://elsewhere" } });
  await expect(upgrade).rejects.toMatchObject({ cause: { status: 403 } });
});

it("has no switches unless it is told to", async () => {
  const relay = await start({ switches: false });
  expect((await post(relay, "/slow", '{"bytesPerSecond":1}')).status).toBe(404);
  expect((await post(relay, "/naive", "{}")).status).toBe(404);
});

it("has metrics for Prometheus", async () => {
  const relay = await start();
  await put(relay, "x", "hello");
  for (const encoding of ["gzip", "zstd"]) await put(relay, `x?encoding=${encoding}`, "hello");
  const text = await (await get(relay, "/metrics")).text();
  expect(text).toContain('relay_uploads_stored_total{store="folder"} 1\n');
  expect(text).toContain('relay_uploads_refused_total{store="folder",code="ERR_AW_CORRUPT"} 2\n');
  expect(text).toContain('relay_stored_bytes_total{store="folder"} 5\n');
  expect(text).not.toContain("relay_store_");
});

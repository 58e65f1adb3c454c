import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Receipt } from "../src/live/snapshot.ts";
import { FolderStore } from "../src/store/folder-store.ts";
import { fileOf, relays } from "./start-relay.ts";

const { folder, start } = relays();

/** Sends raw bytes over TCP or a Unix-domain socket. Resolves with the answer, and whether the connection was cut. */
async function send(
  target: string,
  ...pieces: (string | Buffer)[]
): Promise<{ answer: Record<string, unknown>; cut: boolean }> {
  const { protocol, port, pathname } = new URL(target);
  const socket =
    protocol === "tcp:" ? connect(Number(port), "127.0.0.1") : connect({ path: pathname });
  let answer = "";
  let cut = false;
  socket.on("data", (data) => (answer += String(data)));
  socket.on("error", () => (cut = true));
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await once(socket, "connect");
  for (const piece of pieces) socket.write(piece);
  socket.end();
  await closed;
  return { answer: JSON.parse(answer) as Record<string, unknown>, cut };
}

function contentOf(answer: Record<string, unknown>): Promise<string> {
  return readFile(fileOf(folder.at("data"), answer as unknown as Receipt), "utf8");
}

describe("bytes from anywhere", () => {
  it("are stored as they are", async () => {
    const relay = await start();
    for (const text of ["a", "ab\0", "some text", "x^2 is no zlib", "(\u00b5/\u00fd)"]) {
      const { answer, cut } = await send(relay.addressOf("tcp"), text);
      expect(answer).toMatchObject({ bytes: Buffer.byteLength(text), encoding: "identity" });
      expect(cut).toBe(false);
      expect(await contentOf(answer)).toBe(text);
    }
  });

  it.each([
    ["gzip", gzipSync("some text")],
    ["zstd", zstdCompressSync("some text")],
  ])("are decoded if they begin as %s does, in whatever pieces", async (encoding, body) => {
    const relay = await start();
    const pieces = [body.subarray(0, 2), body.subarray(2)];
    const { answer } = await send(relay.addressOf("unix"), ...pieces);
    expect(answer).toMatchObject({ bytes: 9, encoding });
    expect(await contentOf(answer)).toBe("some text");
  });

  it.each([
    ["cut off", gzipSync("some text that is long").subarray(0, -4), "ERR_AW_TRUNCATED"],
    ["damaged", Buffer.from([0x1f, 0x8b, 8, ...Buffer.alloc(100, 0xff)]), "ERR_AW_CORRUPT"],
    ["a bomb", gzipSync(Buffer.alloc(1 << 22)), "ERR_AW_LIMIT"],
    ["too many", Buffer.alloc(1 << 22), "ERR_AW_LIMIT"],
  ])("that are %s are refused, and nothing is kept", async (_what, body, error) => {
    const relay = await start({ limits: { maxBytes: 1 << 20 } });
    const { answer, cut } = await send(relay.addressOf("tcp"), body);
    expect(answer).toMatchObject({ error });
    expect(answer["message"]).not.toContain(folder.path); // what is where here is nobody's business
    expect(cut).toBe(true);
    expect(await readdir(folder.at("data/uploads"))).toEqual([]);
    expect(relay.feed.snapshot()).toMatchObject({
      totals: { stored: 0, refused: 1 },
      transfers: [],
      recent: [{ outcome: "refused", error }],
    });
    expect((await send(relay.addressOf("tcp"), "the next")).answer).toMatchObject({ bytes: 8 });
  });

  it("are no upload if there is none, as from a balancer that looks who listens", async () => {
    const relay = await start();
    for (const route of ["tcp", "unix", "records"] as const) {
      const { answer, cut } = await send(relay.addressOf(route));
      expect(answer).toMatchObject({ error: "ERR_AW_TRUNCATED" });
      expect(cut).toBe(route === "tcp");
    }
    expect(relay.feed.snapshot()).toMatchObject({ totals: { stored: 0, refused: 0 }, recent: [] });
  });

  it("need not come for the relay to stop", async () => {
    const relay = await start();
    const silent = connect(Number(new URL(relay.addressOf("tcp")).port), "127.0.0.1");
    const cut = once(silent, "error");
    await once(silent, "connect");
    await relay.close(600_000);
    expect(await cut).toMatchObject([{ code: "ECONNRESET" }]);
  });

  it("leave nothing when the sender resets in the middle", async () => {
    const relay = await start();
    const socket = connect(Number(new URL(relay.addressOf("tcp")).port), "127.0.0.1");
    socket.on("error", () => {});
    const snapshots = relay.feed.snapshots(AbortSignal.timeout(20_000));
    socket.write("half of it");
    for await (const snapshot of snapshots) {
      if (snapshot.includes('"bytesIn":10')) socket.resetAndDestroy();
      if (snapshot.includes("ERR_AW_CONNECTION_RESET")) break;
    }
    expect(relay.feed.snapshot().totals).toMatchObject({ stored: 0, refused: 1 });
    expect(await readdir(folder.at("data/uploads"))).toEqual([]);
  });
});

describe("records", () => {
  it("are stored, one a line", async () => {
    const relay = await start();
    const { answer } = await send(relay.addressOf("records"), '{"a":1}\n', '  [2]\n"thr', 'ee"\n');
    expect(await contentOf(answer)).toBe('{"a":1}\n[2]\n"three"\n');
  });

  it.each(['{"a":1}\nno json\n', '{"a":', `7\n${"x".repeat(2000)}`])(
    "that are none refuse all",
    async (body) => {
      const relay = await start({ limits: { maxRecord: 1000 } });
      const { answer } = await send(relay.addressOf("records"), body);
      expect(answer["error"]).toMatch(/ERR_AW_(PROTOCOL|TRUNCATED|LIMIT)/);
      expect(await readdir(folder.at("data/uploads"))).toEqual([]);
    },
  );
});

describe("the path of a socket", () => {
  it("is taken over from a process that was killed, not from one that listens", async () => {
    const path = folder.at("stale.sock");
    const program = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", program]);
    expect(existsSync(path)).toBe(true);
    await start({ listen: { unix: path, records: false } });
    const second = await FolderStore.open(folder.at("second"));
    const starting = start({ listen: { unix: path, records: false } }, { store: second });
    await expect(starting).rejects.toMatchObject({ code: "ERR_AW_CONNECT" });
  });
});

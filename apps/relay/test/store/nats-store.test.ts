import { once } from "node:events";
import { createHash } from "node:crypto";
import { createServer, type AddressInfo } from "node:net";
import { temporaryFolder } from "@aw/testing/vitest";
import type { Logger } from "pino";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import type { Config } from "../../src/config/schema.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { newUploadId } from "../../src/ingest/upload-id.ts";
import type { Receipt } from "../../src/live/snapshot.ts";
import type { NatsStore } from "../../src/store/nats/nats-store.ts";
import { openNats } from "../../src/store/nats/open-nats.ts";
import { isUnsafe } from "../../src/store/nats/server-version.ts";
import type { Slot, Store } from "../../src/store/store.ts";
import { ForeignBucket } from "./nats-bucket.ts";
import { NatsServer } from "./nats-server.ts";
import { storeCases } from "./store-cases.ts";

const { at } = temporaryFolder();
let server: NatsServer;
let servers: NatsServer[] = [];

beforeEach(async () => {
  server = await startServer("nats");
});
afterEach(async () => {
  await Promise.all(servers.map((each) => each.kill()));
  servers = [];
});

async function startServer(folder: string, ...flags: string[]): Promise<NatsServer> {
  const started = await NatsServer.start(at(folder), ...flags);
  servers.push(started);
  return started;
}

function urlOf(bucket = "uploads"): string {
  return `nats://${server.address}/${bucket}`;
}

/** With flags of the configuration. Closed when the test is over. */
async function open(...flags: string[]): Promise<NatsStore> {
  return await opened(await loadConfig(["--store", urlOf(), ...flags]));
}

/** Removes what has no new chunk for less than a configuration may say. */
async function openSweeping(orphanSeconds: number): Promise<NatsStore> {
  const config = await loadConfig(["--store", urlOf()]);
  return await opened({ ...config, nats: { ...config.nats, orphanSeconds } });
}

async function opened(config: Config): Promise<NatsStore> {
  const store = await openNats(config);
  onTestFinished(() => store.close());
  return store;
}

async function foreign(): Promise<ForeignBucket> {
  const bucket = await ForeignBucket.connect(server.address, "uploads");
  onTestFinished(() => bucket[Symbol.asyncDispose]());
  return bucket;
}

function receiptOf(id: string, bytes: Buffer): Receipt {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const fixed = {
    encoding: "identity",
    route: "tcp",
    storedAt: Date.now(),
    durationMs: 1,
  } as const;
  return { id, name: "x", bytes: bytes.length, sha256, ...fixed };
}

/** Stores an upload. */
async function put(store: Store, bytes: Buffer): Promise<Receipt> {
  const id = newUploadId();
  const slot = await store.create({ id, name: "x" });
  await slot.writer.writeAll(bytes);
  await slot.writer.close();
  const receipt = receiptOf(id, bytes);
  await slot.commit(receipt);
  return receipt;
}

/** Waits for it, as long as the test may take. */
async function eventually(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setImmediate(resolve));
}

storeCases("NATS", () => ({
  open: async () => await openNats(await loadConfig(["--store", urlOf()])),
  async contents() {
    await using bucket = await ForeignBucket.connect(server.address, "uploads");
    return await bucket.contents();
  },
  async leftovers() {
    await using bucket = await ForeignBucket.connect(server.address, "uploads");
    return await bucket.orphans();
  },
}));

describe("relays over one bucket", () => {
  it("list what each of them has stored, and forget what was removed", async () => {
    const [one, other] = [await open(), await open()];
    const receipt = await put(one, Buffer.from("of one"));
    expect(await other.find(receipt.id)).toEqual(receipt);
    await eventually(async () => (await other.list(10)).length === 1);
    expect(await other.list(10)).toEqual([receipt]);
    await (await foreign()).remove(receipt.id);
    await eventually(async () => (await other.list(10)).length === 0);
    expect(await other.find(receipt.id)).toBeUndefined();
  });
});

describe("a server that is killed and comes back", () => {
  it("costs an upload nothing: its chunks are sent again, and are there once", async () => {
    const store = await open();
    const bytes = Buffer.alloc(1_000_000, "some text, ");
    const id = newUploadId();
    const slot = await store.create({ id, name: "x" });
    await slot.writer.writeAll(bytes.subarray(0, 300_000));
    await slot.writer.flush();
    await server.kill();
    const rest = slot.writer.writeAll(bytes.subarray(300_000)).then(() => slot.writer.close());
    await eventually(async () => !store.figures.isConnected);
    await server.restart();
    await rest;
    await slot.commit(receiptOf(id, bytes));
    const stored = await (await foreign()).contents();
    expect(stored.get(id)?.equals(bytes)).toBe(true);
    expect(store.figures).toMatchObject({ isConnected: true });
  });

  it("refuses an upload when it stays away, and nothing of it is there when it is back", async () => {
    const store = await open("--nats.retrySeconds", "0.2");
    const id = newUploadId();
    const slot = await store.create({ id, name: "x" });
    await slot.writer.writeAll(Buffer.alloc(300_000));
    await slot.writer.flush();
    await server.kill();
    const closing = slot.writer.writeAll(Buffer.alloc(300_000)).then(() => slot.writer.close());
    await expect(closing).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringContaining("send again"),
    });
    await slot.discard();
    await server.restart();
    const bucket = await foreign();
    await eventually(async () => (await bucket.orphans()).length === 0);
    expect(await bucket.contents()).toEqual(new Map());
    expect(await put(store, Buffer.from("the next"))).toMatchObject({ bytes: 8 });
  });

  it("keeps nobody waiting who was ended from outside", async () => {
    const store = await open();
    const ended = new AbortController();
    const id = newUploadId();
    const slot = await store.create({ id, name: "x" }, ended.signal);
    await slot.writer.writeAll("x");
    await slot.writer.close();
    await server.kill();
    const committing = slot.commit(receiptOf(id, Buffer.from("x")));
    await eventually(async () => !store.figures.isConnected);
    ended.abort(new Error("the relay stops"));
    await expect(committing).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });
});

describe("a server that hangs", () => {
  /** Begins an upload one of whose chunks is sent twice: the server answers neither, and then takes both. */
  async function sendTwice(): Promise<{ store: NatsStore; slot: Slot; receipt: Receipt }> {
    const store = await open();
    const id = newUploadId();
    const slot = await store.create({ id, name: "x" });
    let text = "";
    server.running.child.kill("SIGSTOP"); // which takes effect some writes later
    const writing = (async () => {
      while (store.figures.retries === 0) {
        text += "again, ";
        await slot.writer.writeAll("again, ");
        await slot.writer.flush();
      }
      await slot.writer.close();
    })();
    await eventually(async () => store.figures.retries > 0);
    server.running.child.kill("SIGCONT");
    await writing;
    return { store, slot, receipt: receiptOf(id, Buffer.from(text)) };
  }

  it("stores once what it was sent twice", async () => {
    const { store, slot, receipt } = await sendTwice();
    await slot.commit(receipt);
    const stored = (await (await foreign()).contents()).get(receipt.id) ?? Buffer.from("missing");
    expect(receiptOf(receipt.id, stored)).toMatchObject({ sha256: receipt.sha256 });
    expect(await store.find(receipt.id)).toEqual(receipt);
  });

  it("is not believed: an upload that is there with a chunk twice is refused", async () => {
    const { slot, receipt } = await sendTwice();
    const bucket = await foreign();
    await bucket.publishChunks(receipt.id, 1); // as a leader would who has forgotten what it has
    await expect(slot.commit(receipt)).rejects.toMatchObject({
      code: "ERR_AW_IO",
      message: expect.stringContaining("send it again"),
    });
    await slot.discard();
    expect(await bucket.contents()).toEqual(new Map());
    expect(await bucket.orphans()).toEqual([]);
  });
});

describe("chunks that nobody finishes", () => {
  it("are removed once they are old, and those of uploads under way stay", async () => {
    const bucket = await foreign();
    await (await open()).close(); // makes the bucket
    await bucket.publishChunks(newUploadId(), 3);
    await bucket.put("of another program", "stays");
    const store = await openSweeping(1);
    const id = newUploadId();
    const slot = await store.create({ id, name: "x" });
    let text = "";
    await eventually(async () => {
      await slot.writer.writeAll("alive, ");
      await slot.writer.flush();
      text += "alive, ";
      return store.figures.orphansPurged > 0;
    });
    await slot.writer.close();
    await slot.commit(receiptOf(id, Buffer.from(text)));
    const contents = await bucket.contents();
    expect(String(contents.get(id))).toBe(text);
    expect(String(contents.get("of another program"))).toBe("stays");
    expect(store.figures.orphansPurged).toBe(1);
  });

  it("refuse the commit of an upload that was taken for dead", async () => {
    const slow = await open();
    const id = newUploadId();
    const slot = await slow.create({ id, name: "x" });
    await slot.writer.writeAll("slow");
    await slot.writer.close();
    const sweeping = await openSweeping(0.01);
    await eventually(async () => sweeping.figures.orphansPurged === 1);
    const refused = slot.commit(receiptOf(id, Buffer.from("slow")));
    await expect(refused).rejects.toMatchObject({ code: "ERR_AW_IO" });
    await slot.discard();
    expect(await (await foreign()).contents()).toEqual(new Map());
    expect(await slow.find(id)).toBeUndefined();
  });
});

describe("chunks that somebody else has removed", () => {
  it("are no failure of the clean-up of their upload", async () => {
    const bucket = await foreign();
    const warn = vi.fn<() => void>();
    const store = await openNats(await loadConfig(["--store", urlOf()]), {
      warn,
    } as unknown as Logger);
    const slot = await store.create({ id: newUploadId(), name: "x" });
    await slot.writer.writeAll(Buffer.alloc(600_000));
    await slot.writer.flush();
    await bucket.removeFirst(2);
    slot.writer.abort(new Error("enough"));
    await slot.discard();
    warn.mockClear(); // what the log says of the version of the server
    await store.close(); // tries a last time what could not be removed, and says so
    expect(warn).not.toHaveBeenCalled();
    expect(await bucket.orphans()).toEqual([]);
  });
});

describe("what can't be", () => {
  it("is a stream that is full: no space, and nothing is left of the upload", async () => {
    const store = await open();
    const bucket = await foreign();
    await bucket.limitBytes(500_000);
    await expect(put(store, Buffer.alloc(1_000_000))).rejects.toMatchObject({
      code: "ERR_AW_NO_SPACE",
    });
    expect(await put(store, Buffer.from("small"))).toMatchObject({ bytes: 5 });
  });

  it("is a server that is not there: it says so at once, and names the key", async () => {
    await server.kill();
    const url = `nats://user:secret@${server.address}/uploads`;
    const opening = openNats(await loadConfig(["--store", url]));
    await expect(opening).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringMatching(/^store: nats:\/\/127[^@]*change the key store$/),
    });
  });

  it("is a server without JetStream, or one that is none", async () => {
    const plain = await startServer("plain", "-js=false");
    const opening = openNats(await loadConfig(["--store", `nats://${plain.address}/uploads`]));
    await expect(opening).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringContaining("needs JetStream"),
    });
    const silent = createServer((socket) => socket.end("hello?\r\n")).listen(0, "127.0.0.1");
    onTestFinished(() => void silent.close());
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const none = openNats(await loadConfig(["--store", `nats://127.0.0.1:${port}/uploads`]));
    await expect(none).rejects.toMatchObject({ code: "ERR_AW_CONNECT" });
  });

  it("is fewer replicas than are asked for", async () => {
    await open();
    await expect(open("--nats.replicas", "3")).rejects.toThrow(/^nats\.replicas: .* has 1, and 3/);
  });

  it.each(["nats://host", "nats://host/a.b", "nats://u:secret@/b", "nats://h:x/b", "nats://h,/b"])(
    "is the URL %s",
    async (url) => {
      const config = await loadConfig(["--store", url]);
      const error = await openNats(config).then(String, (reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as Error).message).not.toContain("secret");
    },
  );
});

it.each([
  ["2.9.10", true],
  ["2.9.18", true],
  ["2.10.27", true],
  ["2.11.6", true],
  ["2.11.7", false],
  ["2.11.7-RC.1", false],
  ["2.12.0", false],
  ["2.15.1", false],
  ["3.0.0", false],
])("nats-server %s loses what it has acknowledged when it is killed: %s", (version, unsafe) => {
  expect(isUnsafe(version)).toBe(unsafe);
});

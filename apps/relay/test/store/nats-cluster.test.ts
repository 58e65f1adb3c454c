import { createHash } from "node:crypto";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { newUploadId } from "../../src/ingest/upload-id.ts";
import { openNats } from "../../src/store/nats/open-nats.ts";
import type { Store } from "../../src/store/store.ts";
import { ForeignBucket } from "./nats-bucket.ts";
import { NatsServer } from "./nats-server.ts";

const { at } = temporaryFolder();
let servers: NatsServer[] = [];

// Before the folder that they are in is removed.
afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill()));
});

it("a cluster whose servers were all killed has what was stored before an upload was aborted, and after", async () => {
  servers = await NatsServer.startCluster(at("nats"));
  const addresses = servers.map(({ address }) => address);
  const url = `nats://${addresses.join(",")}/uploads`;
  const store = await openNats(await loadConfig(["--store", url, "--nats.replicas", "3"]));
  onTestFinished(() => store.close());

  const before = await put(store, "before, ");
  const aborted = await store.create({ id: newUploadId(), name: "x" });
  await aborted.writer.writeAll(Buffer.alloc(300_000, "aborted, "));
  await aborted.writer.flush();
  aborted.writer.abort(new Error("the sender has gone"));
  await aborted.discard();
  const after = await put(store, "after, ");

  await Promise.all(servers.map((server) => server.kill()));
  await Promise.all(servers.map((server) => server.restart()));

  await using bucket = await ForeignBucket.connect(addresses, "uploads");
  let leader;
  while (leader === undefined) leader = await bucket.leader().catch(() => undefined);
  const contents = [...(await bucket.contentsOfLeader())];
  expect(contents.map(([id, bytes]) => [id, sha256Of(bytes)])).toEqual([before, after]);
  expect(await bucket.orphans()).toEqual([]);
});

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Stores an upload. Returns its id, and its digest. */
async function put(store: Store, text: string): Promise<[id: string, sha256: string]> {
  const bytes = Buffer.alloc(300_000, text);
  const id = newUploadId();
  const slot = await store.create({ id, name: "x" });
  await slot.writer.writeAll(bytes);
  await slot.writer.close();
  const sha256 = sha256Of(bytes);
  const fixed = { encoding: "identity", route: "tcp", storedAt: 1, durationMs: 1 } as const;
  await slot.commit({ id, name: "x", bytes: bytes.length, sha256, ...fixed });
  return [id, sha256];
}

import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Receipt } from "../../src/live/snapshot.ts";
import { runRelay } from "../running-relay.ts";
import { ForeignBucket } from "./nats-bucket.ts";
import { NatsServer } from "./nats-server.ts";

const { at } = temporaryFolder();
let server: NatsServer;

beforeEach(async () => {
  server = await NatsServer.start(at("nats"));
});
afterEach(() => server.kill());

/** A relay over a bucket of the server. Resolves once it listens. */
async function start(
  ...flags: string[]
): Promise<{ relay: ReturnType<typeof runRelay>; http: string }> {
  const store = `nats://${server.address}/uploads`;
  const relay = runRelay("uploads", "--store", store, "--log", at("log"), ...flags);
  const http = await relay.says(/listening: (http:\S+)/, "stdout");
  await relay.says(/storing: nats/, "stdout");
  return { relay, http };
}

async function put(http: string, body: string): Promise<Response> {
  return await fetch(`${http}/uploads/x`, { method: "PUT", body });
}

describe("a relay over NATS", () => {
  it("says over HTTP what it has, and what it can't do while the store is away", async () => {
    const { relay, http } = await start("--nats.retrySeconds", "0.3");
    const receipt = (await (await put(http, "hello")).json()) as Receipt;
    expect(await (await fetch(`${http}/uploads`)).json()).toEqual([receipt]);
    expect((await fetch(`${http}/uploads/nobody`)).status).toBe(404);

    const bucket = await ForeignBucket.connect(server.address, "uploads");
    await bucket.limitBytes(100_000);
    const full = await put(http, "x".repeat(1_000_000));
    expect(full.status).toBe(507);
    expect(await full.json()).toMatchObject({ error: "ERR_AW_NO_SPACE" });
    await bucket[Symbol.asyncDispose]();

    await server.kill();
    const refused = await put(http, "hello");
    expect(refused.status).toBe(502);
    expect(await refused.json()).toMatchObject({ error: "ERR_AW_CONNECT" });
    expect((await fetch(`${http}/uploads/nobody`)).status).toBe(502);
    const metrics = await (await fetch(`${http}/metrics`)).text();
    expect(metrics).toContain("relay_store_connected 0\n");
    expect(metrics).toContain('relay_uploads_stored_total{store="nats"} 1\n');
    for (const code of ["ERR_AW_NO_SPACE", "ERR_AW_CONNECT"]) {
      expect(metrics).toContain(`relay_uploads_refused_total{store="nats",code="${code}"} 1\n`);
    }
    expect(metrics).toMatch(/^relay_store_retries_total\{store="nats"\} \d+$/m);
    expect(metrics).toContain('relay_store_orphans_purged_total{store="nats"} 0\n');
    relay.child.kill("SIGTERM");
    expect(await relay.ended).toMatchObject({ code: 0, stderr: "" });
  });
});

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { UpstreamStore } from "../src/compositions/relay-upstream.ts";
import type { Input, RecordInput } from "../src/demo/inputs.ts";
import { jobsOf } from "../src/demo/jobs.ts";
import { placesOf } from "../src/demo/places.ts";
import { runJob, type Row } from "../src/demo/run-jobs.ts";
import type { Relay } from "../src/relay.ts";
import { fileOf, relays } from "./start-relay.ts";

const { folder, start } = relays();

const text = Buffer.from(Array.from({ length: 50_000 }, (_, n) => `line number ${n}\n`).join(""));
const input: Input = {
  name: "lines",
  bytes: text.length,
  sha256: sha256(text),
  async *open() {
    for (let at = 0; at < text.length; at += 10_000) yield text.subarray(at, at + 10_000);
  },
};
const all = Array.from({ length: 1000 }, (_, n) => ({ n, text: "réc\n" }));
const ofRecords = all.map((record) => `${JSON.stringify(record)}\n`).join("");
const records: RecordInput = {
  name: "records",
  bytes: Buffer.byteLength(ofRecords),
  sha256: sha256(ofRecords),
  records: all,
};

function sha256(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** A relay, and one that forwards to it. */
async function startBoth(): Promise<{ relay: Relay; forwarding: Relay }> {
  const relay = await start();
  const { port } = new URL(relay.addressOf("tls"));
  const store = new UpstreamStore(
    { host: "127.0.0.1", port: Number(port) },
    { ca: relay.credentials.cert },
  );
  const off = { tls: false, http: false, unix: false, records: false } as const;
  const forwarding = await start({ listen: off }, { store });
  return { relay, forwarding };
}

describe("the seven compositions", () => {
  it("store what was sent, and say so", async () => {
    const { relay, forwarding } = await startBoth();
    const jobs = jobsOf(placesOf(relay, forwarding), input, records);
    expect(jobs).toHaveLength(7);
    const rows: Row[] = [];
    for (const job of jobs) rows.push(await runJob(job, relay.transfers));
    expect(rows.map(({ verified }) => verified)).toEqual(Array(7).fill(true));
    expect(rows[0]?.wireBytes).toBeLessThan(input.bytes / 3);

    // What the digests say is true of the files, and there is nothing else.
    const { recent } = relay.feed.snapshot();
    expect(await readdir(folder.at("data/uploads"))).toHaveLength(7);
    for (const outcome of recent) {
      if (outcome.outcome !== "stored") throw new Error(outcome.message);
      const stored = await readFile(fileOf(folder.at("data"), outcome));
      expect(sha256(stored)).toBe(outcome.sha256);
    }
    const routes = recent.map(({ route }) => route).toReversed();
    expect(routes).toEqual(["tcp", "tls", "websocket", "tunnel", "records", "tcp", "tls"]);
  });

  it("are seen in the feed as chains of layers", async () => {
    const { relay, forwarding } = await startBoth();
    const chains: string[] = [];
    const seen = jobsOf(placesOf(relay, forwarding), input, records).map((job) => ({
      ...job,
      async send(watch: Parameters<typeof job.send>[0]) {
        const receipt = await job.send(watch);
        const sent = relay.feed.snapshot().transfers.filter((each) => each.direction === "send");
        chains.push(...sent.map(({ chain }) => chain));
        return receipt;
      },
    }));
    for (const job of seen) await runJob(job, relay.transfers);
    expect(chains.map((chain) => chain.replace(/(tcp|tls|unix|websocket) .*/, "$1"))).toEqual([
      "gzip(6) > tcp",
      "zstd(3) > tls",
      "brotli(4) > websocket",
      "tls",
      "unix",
      "tcp",
      "tcp",
    ]);
  });

  it("forward nothing as stored that the second relay has not stored", async () => {
    const { relay, forwarding } = await startBoth();
    const jobs = jobsOf(placesOf(relay, forwarding), input, records);
    await relay.close(0);
    const outgoing = { direction: "send", name: "lines", route: "tcp", peer: "test" } as const;
    const { watch } = relay.transfers.begin(outgoing).chain;
    await expect(jobs[6]?.send(watch)).rejects.toThrow(/refused the upload: ERR_AW_CONNECT/);
    expect(forwarding.feed.snapshot().totals).toEqual({ stored: 0, refused: 1, bytes: 0 });
  });
});

import { createHash } from "node:crypto";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, expect, it, vi } from "vitest";
import type { Receipt } from "../../src/live/snapshot.ts";
import { runRelay } from "../running-relay.ts";
import { NatsServer } from "../store/nats-server.ts";
import { S3Server } from "../store/s3-server.ts";
import { peakMemory } from "./relay-process.ts";

const folder = temporaryFolder();

/** How large the large upload is, in MiB; `RELAY_LARGE_MB=2000` is the long version. */
const LARGE_MB = Number(process.env["RELAY_LARGE_MB"] ?? 48);

/** What a small one takes is taken already: code, pools, young generation. */
const SMALL_MB = 24;

/** What garbage may come to, in MiB, before it is collected. A part of S3 is 8 MiB, three of them are in memory. */
const GARBAGE_MB = 60;

afterEach(() => void vi.unstubAllEnvs());

it.each([
  [
    "NATS",
    async () => {
      const server = await NatsServer.start(folder.at("nats"));
      return { url: `nats://${server.address}/uploads`, stop: () => server.kill() };
    },
  ],
  [
    "S3",
    async () => {
      vi.stubEnv("AWS_ACCESS_KEY_ID", "S3RVER").stubEnv("AWS_SECRET_ACCESS_KEY", "S3RVER");
      const server = await S3Server.start(folder.at("s3"));
      return { url: `s3://uploads?endpoint=${server.endpoint}`, stop: () => server.close() };
    },
  ],
])(
  "takes no more memory for %s the larger an upload is",
  async (name, start) => {
    const { url, stop } = await start();
    try {
      const relay = runRelay("uploads", "--store", url, "--log", folder.at("log"));
      const http = await relay.says(/listening: (http:\S+)/, "stdout");
      await relay.says(/storing/, "stdout");
      const pid = relay.child.pid as number;
      await put(http, SMALL_MB);
      const before = await peakMemory(pid);
      await put(http, LARGE_MB);
      const after = await peakMemory(pid);
      console.log(`${name}: at most ${before} MiB with ${SMALL_MB} MiB, ${after} with ${LARGE_MB}`);
      expect(after - before).toBeLessThan(GARBAGE_MB);
      relay.child.kill("SIGTERM");
      expect(await relay.ended).toMatchObject({ code: 0, stderr: "" });
    } finally {
      await stop();
    }
  },
  1_200_000,
);

async function put(http: string, megabytes: number): Promise<void> {
  const hash = createHash("sha256");
  async function* content(): AsyncGenerator<Uint8Array> {
    for (let n = 0; n < megabytes * 16; n++) {
      const chunk = Buffer.alloc(65_536, `${n}, `);
      hash.update(chunk);
      yield chunk;
    }
  }
  const body = ReadableStream.from(content());
  const request = { method: "PUT", body, duplex: "half" } as RequestInit;
  const response = await fetch(`${http}/uploads/large`, request);
  const receipt = (await response.json()) as Receipt;
  expect(receipt).toMatchObject({ bytes: megabytes * 2 ** 20, sha256: hash.digest("hex") });
}

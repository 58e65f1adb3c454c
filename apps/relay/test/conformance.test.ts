import { conformance } from "@aw/conformance/vitest";
import { expect, it } from "vitest";
import { CompletionEngine, Writer } from "@aw/core";
import { Chain } from "../src/live/chain.ts";
import { hashing } from "../src/ingest/hashing.ts";
import { sha256 } from "../src/ingest/sha256.ts";
import { Valve } from "../src/ingest/valve.ts";
import { PartDestination } from "../src/store/s3/part-destination.ts";
import { ChunkDestination } from "../src/store/nats/chunk-destination.ts";

// The relay's own layers, and the stack that each upload goes through, under the kit.

const SEEDS = 50;

conformance({
  name: "hashing",
  layer: (inner) => hashing(inner, sha256()),
  supports: { unprompted: true },
  seeds: SEEDS,
});

conformance({
  name: "valve, open",
  layer: (inner) => new Valve().hold(inner),
  supports: { unprompted: true },
  seeds: SEEDS,
});

conformance({
  name: "valve, held to a rate",
  layer: (inner) => new Valve(10_000_000).hold(inner),
  supports: { unprompted: true },
  seeds: SEEDS,
});

conformance({
  name: "sha256 > throttle, watched",
  layer: (inner) => {
    const { watch } = new Chain();
    const store = watch(inner as Writer);
    return watch(hashing(watch(new Valve(10_000_000).hold(store)), sha256()));
  },
  supports: { unprompted: true },
  seeds: SEEDS,
});

conformance({
  name: "chunks of an object store",
  factory: () => {
    const stored: Uint8Array[] = [];
    const destination = new ChunkDestination(async (bytes) => {
      await nextTurn();
      stored.push(bytes.slice());
    }, "chunks");
    const writer = new Writer(new CompletionEngine(destination, { capacity: 4096 }));
    return { writer, delivered: () => Buffer.concat(stored) };
  },
  seeds: SEEDS,
});

conformance({
  name: "parts of an object",
  factory: () => {
    const destination = new PartDestination({
      partBytes: 1000,
      concurrency: 2,
      send: async (_body, number) => {
        // The second part arrives before the first one.
        for (let turn = number % 3; turn < 3; turn++) await nextTurn();
      },
      label: "parts",
    });
    return { writer: new Writer(new CompletionEngine(destination, { capacity: 4096 })) };
  },
  // A part leaves when it is whole, or the last one: no flush can hurry it.
  supports: { delivered: false },
  seeds: SEEDS,
});

it("sends parts that are whole, in order, and the last one as it is", async () => {
  const parts: Uint8Array[] = [];
  const destination = new PartDestination({
    partBytes: 1000,
    concurrency: 2,
    send: async (body, number) => {
      await nextTurn();
      parts[number - 1] = body;
    },
    label: "parts",
  });
  const writer = new Writer(new CompletionEngine(destination));
  const bytes = Buffer.from(Array.from({ length: 3500 }, (_, n) => n));
  for (let from = 0; from < bytes.length; from += 700) {
    await writer.writeAll(bytes.subarray(from, from + 700));
  }
  await writer.close();
  expect(parts.map(({ length }) => length)).toEqual([1000, 1000, 1000, 500]);
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
});

it("sends one part of nothing where nothing was written: an object has at least one", async () => {
  const sent: number[] = [];
  const send = async (body: Uint8Array): Promise<void> => void sent.push(body.length);
  const options = { partBytes: 1000, concurrency: 1, send, label: "parts" };
  await new Writer(new CompletionEngine(new PartDestination(options))).close();
  expect(sent).toEqual([0]);
});

it("fails as soon as a part does, whoever writes then", async () => {
  const send = (): Promise<void> => Promise.reject(new Error("the server is full"));
  const options = { partBytes: 1000, concurrency: 2, send, label: "parts" };
  const writer = new Writer(new CompletionEngine(new PartDestination(options)));
  const failed = new Promise((resolve) => writer.onFailure(resolve));
  await writer.writeAll(new Uint8Array(1000));
  await failed;
  await expect(writer.close()).rejects.toThrow("the server is full");
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

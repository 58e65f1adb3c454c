import { conformance } from "@aw/conformance/vitest";
import { CompletionEngine, Writer } from "@aw/core";
import { Chain } from "../src/live/chain.ts";
import { hashing } from "../src/ingest/hashing.ts";
import { sha256 } from "../src/ingest/sha256.ts";
import { Valve } from "../src/ingest/valve.ts";
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
      await new Promise((resolve) => setImmediate(resolve));
      stored.push(bytes.slice());
    }, "chunks");
    const writer = new Writer(new CompletionEngine(destination, { capacity: 4096 }));
    return { writer, delivered: () => Buffer.concat(stored) };
  },
  seeds: SEEDS,
});

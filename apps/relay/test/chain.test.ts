import { TransformEngine, Writer, memory, pipe, type AsyncWrite } from "@aw/core";
import { expect, it } from "vitest";
import { Valve } from "../src/ingest/valve.ts";
import { Chain } from "../src/live/chain.ts";

/** Makes two bytes of each, and says so, as codecs do. */
class Doubling extends Writer {
  readonly #engine: TransformEngine;

  constructor(inner: AsyncWrite) {
    const engine: TransformEngine = new TransformEngine(inner, {
      transform(block, done) {
        engine.push(block);
        engine.push(block);
        done();
      },
      toString: () => "doubling",
    });
    super(engine);
    this.#engine = engine;
  }

  get bytesOut(): number {
    return this.#engine.bytesOut;
  }
}

it("says what a codec holds whose inner writer is slow", async () => {
  const chain = new Chain();
  const { writer } = pipe({ capacity: 100 });
  const out = chain.watch(new Doubling(chain.watch(writer)));
  await out.writeAll(new Uint8Array(300));
  const flushing = out.flush().catch(() => "aborted");
  expect(chain.sample()).toMatchObject([
    { name: "doubling", bytesIn: 300, bytesOut: 100, heldBytes: 500 },
    { bytesIn: 100, heldBytes: null },
  ]);
  out.abort();
  expect(await flushing).toBe("aborted");
});

it("has the names that layers have now", () => {
  const chain = new Chain();
  const valve = new Valve();
  chain.watch(valve.hold(chain.watch(memory())));
  expect(String(chain)).toBe("throttle(off) > memory");
  valve.bytesPerSecond = 500;
  expect(String(chain)).toBe("throttle(500 B/s) > memory");
  expect(chain.sample()[0]?.name).toBe("throttle(500 B/s)");
});

import { sink } from "@aw/core";
import { pino } from "pino";
import { expect, it } from "vitest";
import type { Store } from "../src/store/store.ts";
import { relays } from "./start-relay.ts";

const { start } = relays();

/** A store that says when it is asked for something, and takes as long to clean up as the test wants. */
class SlowStore implements Store {
  readonly kind = "folder";
  readonly created = Promise.withResolvers<void>();
  readonly discarding = Promise.withResolvers<void>();
  readonly discarded = Promise.withResolvers<void>();

  create(): ReturnType<Store["create"]> {
    this.created.resolve();
    const discard = (): Promise<void> => {
      this.discarding.resolve();
      return this.discarded.promise;
    };
    return Promise.resolve({ writer: sink(), commit: () => Promise.resolve(), discard });
  }

  list(): ReturnType<Store["list"]> {
    return Promise.resolve([]);
  }

  find(): ReturnType<Store["find"]> {
    return Promise.resolve(undefined);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

it("a relay has stopped once what it refused is cleaned up, and logged", async () => {
  const store = new SlowStore();
  const steps: string[] = [];
  const write = (line: string): void => void steps.push((JSON.parse(line) as { msg: string }).msg);
  const relay = await start({}, { store, log: pino({}, { write }) });
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.from("the first of many")),
  });
  const request = { method: "PUT", body, duplex: "half" } as const;
  const answer = fetch(`${relay.addressOf("http")}/uploads/one`, request);
  await store.created.promise;

  const stopped = relay.close(0).then(() => steps.push("closed"));
  await store.discarding.promise;
  // Who sends is cut off half a second later.
  await expect(answer).rejects.toThrow();
  expect(steps).not.toContain("closed");
  store.discarded.resolve();
  await stopped;
  expect(steps.slice(-3)).toEqual(["refused", "stopped", "closed"]);
});

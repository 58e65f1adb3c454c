import type { AddressInfo } from "node:net";
import { queryObjects } from "node:v8";
import { AsyncWriteError } from "@aw/core";
import { connect, listen, TlsConnection } from "@aw/tls";
import { Authority, openResources, settled } from "@aw/testing";
import { afterAll, expect, it } from "vitest";

const authority = await Authority.create();
const { cert, key } = await authority.issue("localhost", ["localhost"]);
afterAll(() => authority.remove());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How many connections there are in memory; counting collects garbage first. */
const living = (): number => queryObjects(TlsConnection, { format: "count" });

/** Each connection is resumed from the one before: a new session costs ten times as much. */
async function useMany(port: number, count: number, together = 20): Promise<void> {
  let session: Buffer | undefined;
  const onSession = (latest: Buffer): void => {
    session = latest;
  };
  const use = async (index: number): Promise<void> => {
    const options = { ca: authority.ca, session, onSession, idleTimeout: 10_000, timeout: 10_000 };
    const ours = await connect({ port }, options);
    await ours.writeAll(`connection ${index}`);
    await ours.close();
    expect(await new Response(ours.readable).text()).toBe(`connection ${index}`);
  };
  for (let done = 0; done < count; done += together) {
    await Promise.all(Array.from({ length: together }, (_, index) => use(done + index)));
  }
}

/** 5,000 take half a minute: that is for `AW_CONNECTIONS=5000`. */
const connections = Number(process.env["AW_CONNECTIONS"] ?? 1000);

it(`${connections} connections opened, used and closed leave no handle, timer or memory`, async () => {
  const before = openResources();
  const listener = await listen({ cert, key });
  const { port } = listener.address as AddressInfo;
  const serving = (async () => {
    for await (const connection of listener) {
      void (async () => {
        for await (const chunk of connection.readable) await connection.writeAll(chunk);
        await connection.close();
      })().catch(() => connection.abort());
    }
  })();
  // The first ones warm up caches and pools, which stay.
  await useMany(port, 200);
  living();
  const heap = process.memoryUsage().heapUsed;
  await useMany(port, connections - 200);
  await listener.close();
  await serving;
  await settled(before);
  expect(living()).toBe(0);
  // No more than caches of the runtime that still grow.
  expect(process.memoryUsage().heapUsed - heap).toBeLessThan(connections * 200);
}, 120_000);

it("an abort at any of 100 random points leaves nothing open", async () => {
  const seed = Number(process.env["AW_SEED"] ?? Date.now() % 1_000_000);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const listener = await listen({ cert, key });
  const { port } = listener.address as AddressInfo;
  const serving = (async () => {
    for await (const connection of listener) {
      void new Response(connection.readable).bytes().catch(() => connection.abort());
    }
  })();
  const idle = openResources();
  const chunk = new Uint8Array(100_000);
  for (let round = 0; round < 100; round++) {
    const controller = new AbortController();
    const { signal } = controller;
    let writer: TlsConnection | undefined;
    const working = (async () => {
      writer = await connect({ port }, { ca: authority.ca, signal });
      for (;;) {
        await writer.writeAll(chunk, { signal });
        await writer.flush({ signal });
      }
    })();
    const outcome = working.catch((error: unknown) => error);
    for (let turns = random(40); turns > 0; turns--) await turn();
    // Either stops what is under way. The signal leaves the connection to its owner.
    if (round % 2 === 0 || writer === undefined) controller.abort(round);
    else writer.abort(round);
    const error = await outcome;
    expect(error, `round ${round}, AW_SEED=${seed}`).toBeInstanceOf(AsyncWriteError);
    expect(error, `round ${round}, AW_SEED=${seed}`).toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: round,
    });
    writer?.abort();
    await settled(idle);
  }
  listener.abort();
  await serving;
}, 30_000);

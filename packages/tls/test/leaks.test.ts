import type { AddressInfo } from "node:net";
import { AsyncWriteError } from "@aw/core";
import { connect, listen, type TlsConnection } from "@aw/tls";
import { afterAll, expect, it } from "vitest";
import { Authority } from "./certificates.ts";

const authority = new Authority();
const { cert, key } = authority.issue("localhost", ["localhost"]);
afterAll(() => authority.remove());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How many sockets and timers keep the process alive, by kind. */
function open(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (/TCP|Pipe|Timeout/.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** Waits until no kind has more than before: the loop closes what was let go of. A leak times out. */
async function settled(before: ReadonlyMap<string, number>): Promise<void> {
  while ([...open()].some(([kind, count]) => count > (before.get(kind) ?? 0))) await turn();
}

it("an abort at any of 100 random points leaves nothing open", async () => {
  const before = open();
  const seed = Number(process.env["AW_SEED"] ?? Date.now() % 1_000_000);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const listener = await listen({ cert, key });
  const { port } = listener.address as AddressInfo;
  const accepted = new Set<TlsConnection>();
  const serving = (async () => {
    for await (const connection of listener) {
      accepted.add(connection);
      void new Response(connection.readable).bytes().catch(() => {});
    }
  })();
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
    controller.abort(round);
    const error = await outcome;
    expect(error, `round ${round}, AW_SEED=${seed}`).toBeInstanceOf(AsyncWriteError);
    expect(error, `round ${round}, AW_SEED=${seed}`).toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: round,
    });
    // The signal stops the operation; the connection is let go of by its owner.
    writer?.abort();
  }
  listener.abort();
  await serving;
  await settled(before);
}, 30_000);

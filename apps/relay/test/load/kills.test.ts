import { once } from "node:events";
import { Random, SEED } from "@aw/testing";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import type { Receipt } from "../../src/live/snapshot.ts";
import { startRelay, type RelayProcess } from "./relay-process.ts";
import { checkFolder } from "./stored.ts";
import { send } from "./traffic.ts";

const folder = temporaryFolder();

/** `RELAY_KILLS=50` is the long version. */
const KILLS = Number(process.env["RELAY_KILLS"] ?? 3);

/** How many uploads are under way at any time. */
const SENDERS = 8;

it(`has every acknowledged upload after ${KILLS} kills at random moments`, async () => {
  const random = new Random(SEED);
  const acknowledged: Receipt[] = [];
  let number = 0;

  /** Sends until the relay is gone. */
  async function keepSending(relay: RelayProcess, onStored: () => void): Promise<void> {
    while (relay.running.child.exitCode === null && relay.running.child.signalCode === null) {
      try {
        acknowledged.push(await send(relay, number++, random.int(1, 100_000)));
      } catch {
        return; // its relay was killed
      }
      onStored();
    }
  }

  for (let kill = 0; kill < KILLS; kill++) {
    const relay = await startRelay(folder);
    const { child } = relay.running;
    let left = random.int(0, 20);
    const sending = Array.from({ length: SENDERS }, () =>
      keepSending(relay, () => {
        // Somewhere in the work on those that are under way.
        if (left-- === 0) setTimeout(() => child.kill("SIGKILL"), random.next() * 20);
      }),
    );
    await once(child, "exit");
    await Promise.all(sending);
  }

  const relay = await startRelay(folder);
  const stored = await checkFolder(folder.at("data"));
  for (const receipt of acknowledged)
    expect(stored.get(receipt.id), `AW_SEED=${SEED}`).toEqual(receipt);
  const [first] = acknowledged;
  expect(await (await fetch(`${relay.http}/uploads/${first?.id}`)).json()).toEqual(first);
  expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS);
  console.log(`${acknowledged.length} uploads acknowledged, ${stored.size} stored, ${KILLS} kills`);
}, 1_200_000);

import { connect } from "node:net";
import { Random, SEED } from "@aw/testing";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { checkFolder } from "./stored.ts";
import { openOf, peakMemory, startRelay } from "./relay-process.ts";
import { routeOf, send } from "./traffic.ts";

const folder = temporaryFolder();

/** How many at one time, and how large each; `RELAY_UPLOADS=1000` with 1 MB each is the long version. */
const UPLOADS = Number(process.env["RELAY_UPLOADS"] ?? 42);
const BYTES = UPLOADS >= 1000 ? 1_000_000 : 100_000;

it(`stores ${UPLOADS} uploads at a time over all routes, and nothing of those whose clients die`, async () => {
  const relay = await startRelay(folder);
  const pid = relay.running.child.pid as number;
  const idle = await peakMemory(pid);
  const listening = await openOf(pid, folder.path);
  const more = async (): Promise<string[]> =>
    [...(await openOf(pid, folder.path))].filter((name) => !listening.has(name));
  const silent = connect(relay.places.tcp);
  while ((await more()).length === 0); // so a connection that stays would be found
  silent.destroy();
  const random = new Random(SEED);
  const dying = new Set<number>();
  while (dying.size < Math.ceil(UPLOADS / 20)) {
    const number = random.int(0, UPLOADS - 1);
    // A Unix-domain socket knows no reset: there, one who has died looks like one who is done.
    if (routeOf(number) !== "records") dying.add(number);
  }

  const outcomes = await Promise.allSettled(
    Array.from({ length: UPLOADS }, (_, number) =>
      send(relay, number, BYTES, dying.has(number) ? random.int(0, 30) : Infinity),
    ),
  );
  const lost = outcomes.flatMap((outcome, number) =>
    outcome.status === "rejected" && !dying.has(number)
      ? [{ number, reason: outcome.reason as unknown }]
      : [],
  );
  expect(lost, `AW_SEED=${SEED}`).toEqual([]);
  expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(dying.size);

  // The relay notices killed clients without help, and then holds no file and no socket for them.
  while ((await more()).length > 0);
  const metrics = await (await fetch(`${relay.http}/metrics`)).text();
  expect(metrics).toContain("relay_uploads_open 0\n");
  expect(await checkFolder(folder.at("data"))).toHaveProperty("size", UPLOADS - dying.size);
  console.log(
    `${UPLOADS} uploads of ${BYTES} bytes: ${idle} MiB before, at most ${await peakMemory(pid)} MiB`,
  );
  relay.running.child.kill("SIGTERM");
  expect(await relay.running.ended).toMatchObject({ code: 0, stderr: "" });
}, 1_200_000);

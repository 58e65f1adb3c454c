import { inspect, sink } from "@aw/core";
import { expect, it } from "vitest";
import { conformanceCases } from "../src/index.ts";

it("AW-FAIR-1 is no question of how busy the machine is: only what is computed counts", async () => {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let writes = 0;
  // The process stands still now and then, as where others have the processor. In all that is more than is fair.
  const standStill = (): void => {
    if (++writes % 6 === 0) Atomics.wait(cell, 0, 0, 1);
  };
  const cases = conformanceCases({
    name: "a sink on a busy machine",
    factory: () => ({ writer: inspect(sink(), standStill) }),
    supports: { delivered: false },
  });
  const fairness = cases.filter(({ id }) => id === "AW-FAIR-1");
  expect(fairness).toHaveLength(1);
  for (const { run } of fairness) await run();
});

import { expect, it } from "vitest";
import { IdleCheck } from "../../src/engine/idle-check.ts";
import { turn } from "../instruments.ts";

it("a source idles once nothing has come for a whole turn of the event loop", async () => {
  let idle = 0;
  const check = new IdleCheck(() => void idle++);
  check.start();
  check.start();
  await turn();
  expect(idle).toBe(1);
  check.start();
  check.stir();
  await turn();
  expect(idle).toBe(1);
  await turn();
  expect(idle).toBe(2);
});

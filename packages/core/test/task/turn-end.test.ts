import { expect, it } from "vitest";
import { TurnEnd } from "../../src/task/turn-end.ts";
import { turn } from "../instruments.ts";

it("what is asked for several times in a turn is done once, at its end", async () => {
  let runs = 0;
  const end = new TurnEnd(() => void runs++);
  for (let turns = 1; turns <= 3; turns++) {
    for (let time = 0; time < 3; time++) end.schedule();
    expect(runs).toBe(turns - 1);
    await turn();
    expect(runs).toBe(turns);
  }
});

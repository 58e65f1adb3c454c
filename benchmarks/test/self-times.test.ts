import { expect, it } from "vitest";
import { selfTimes } from "../src/profile/self-times.ts";

const node = (id: number, functionName: string, url = ""): object => ({
  id,
  callFrame: { functionName, url },
});

it("shares the time of a profile out, without the idle part", () => {
  const profile = {
    nodes: [
      node(1, "(root)"),
      node(2, "(idle)"),
      node(3, "pollWrite", "file:///a/b/packages/core/src/writer.ts"),
      node(4, "onwrite", "node:internal/streams/writable"),
      // The same function, called from elsewhere.
      node(5, "pollWrite", "file:///a/b/packages/core/src/writer.ts"),
    ],
    samples: [2, 3, 4, 5, 3],
    timeDeltas: [1000, 30, 25, 20, -5],
  };
  expect(selfTimes(profile as Parameters<typeof selfTimes>[0])).toEqual([
    { where: "pollWrite core/src/writer.ts", share: 50 / 75 },
    { where: "onwrite node:streams/writable", share: 25 / 75 },
  ]);
});

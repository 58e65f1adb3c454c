import { Duplex } from "node:stream";
import { expect, it } from "vitest";
import { whenWritten } from "../src/written-below.ts";

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A Duplex whose writes are answered by hand, and whose own stream never ends. */
function slow(): { below: Duplex; answers: (() => void)[] } {
  const answers: (() => void)[] = [];
  const below = new Duplex({
    read() {},
    write: (_chunk, _encoding, done) => void answers.push(done),
  });
  return { below, answers };
}

it("is done at once where nothing waits", () => {
  let isDone = false;
  whenWritten(slow().below, () => (isDone = true));
  expect(isDone).toBe(true);
});

it.each([
  ["that goes on", (below: Duplex) => below],
  ["that ends", (below: Duplex) => below.end()],
])("waits for what a Duplex holds, %s", async (_, ending) => {
  const { below, answers } = slow();
  below.write("one");
  below.write("two");
  ending(below);
  const calls: unknown[] = [];
  whenWritten(below, (error) => void calls.push(error ?? "done"));
  answers.shift()?.();
  await turn();
  expect(calls).toEqual([]);
  while (calls.length === 0 && answers.length > 0) {
    answers.shift()?.();
    await turn();
  }
  expect(calls).toEqual(["done"]);
});

it("hears that what is held is lost", async () => {
  const { below } = slow();
  below.write("one");
  const failure = new Promise((resolve) => {
    below.destroy();
    whenWritten(below, resolve);
  });
  expect(await failure).toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
});

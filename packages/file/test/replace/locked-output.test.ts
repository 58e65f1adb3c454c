import { expect, it } from "vitest";
import { LockedOutput } from "../../src/replace/locked-output.ts";
import { ManualOutput } from "../manual-output.ts";

const FAILURE = new Error("the lock can't be removed");
const FULL = new Error("no space left on device");

/** An output with a lock, and what was done in which order. */
function setUp(failure?: Error) {
  const inner = new ManualOutput();
  const { calls } = inner;
  const output = new LockedOutput(inner, {
    release() {
      calls.push("release");
      if (failure !== undefined) throw failure;
    },
  });
  return { inner, output, calls };
}

it.each([undefined, FAILURE])("close releases the lock after it, and answers: %s", (failure) => {
  const { output, calls } = setUp(failure);
  output.close((error) => void calls.push(`answer ${String(error)}`));
  expect(calls).toEqual(["close", "release", `answer ${String(failure)}`]);
});

it("a close that fails keeps the lock for `drop`, which has things to remove", () => {
  const { inner, output, calls } = setUp();
  inner.failures.close = FULL;
  output.close((error) => void calls.push(`answer ${String(error)}`));
  expect(calls).toEqual(["close", `answer ${String(FULL)}`]);
  output.drop(() => void calls.push("dropped"));
  expect(calls.slice(2)).toEqual(["drop", "release", "dropped"]);
});

it.each([undefined, FAILURE])("drop releases the lock last, whatever that says: %s", (failure) => {
  const { output, calls } = setUp(failure);
  output.drop(() => void calls.push("dropped"));
  expect(calls).toEqual(["drop", "release", "dropped"]);
});

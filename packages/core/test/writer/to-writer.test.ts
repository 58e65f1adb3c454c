import { memory, toWriter, Writer } from "@aw/core";
import { expect, it } from "vitest";

it("returns a Writer as it is", () => {
  const target = memory();
  expect(toWriter(target)).toBe(target);
});

it("drives what only inherits from a Writer, which has none of a writer's own state", async () => {
  const target = memory();
  const derived = Object.create(target, { extra: { value: 1 } }) as typeof target;
  const out = toWriter(derived);
  expect(out).not.toBe(derived);
  await out.writeAll("hello");
  await out.close();
  expect(target.text()).toBe("hello");
  expect([Writer.is(target), Writer.is(derived), Writer.is({})]).toEqual([true, false, false]);
});

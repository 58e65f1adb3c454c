import { expect, it } from "vitest";

/** Loaded in the tests, and not with this file: the tables are what is tested. */
const sizes = () => import("../../src/line/sizes.ts");

it("a time is in milliseconds, seconds, minutes or hours", async () => {
  const { parseTime } = await sizes();
  const times = ["7ms", "1s", "2m", "3h"].map((text) => parseTime("timeout", text));
  expect(times).toEqual([7, 1000, 120_000, 10_800_000]);
  // The longest that a timer of Node can wait.
  expect(parseTime("timeout", "2147483647ms")).toBe(2_147_483_647);
  expect(() => parseTime("timeout", "2147483648ms")).toThrow("--timeout takes a time");
});

it.each([undefined, "none", "data", "full"])("a durability is %s", async (durability) => {
  const { COMMANDS } = await import("../../src/commands/commands.ts");
  const { parseCommandLine } = await import("../../src/line/arguments.ts");
  const { fileOptionsOf } = await import("../../src/line/file-options.ts");
  const words = durability === undefined ? [] : [`--durability=${durability}`];
  expect(fileOptionsOf(parseCommandLine(COMMANDS.send.options, words))).toEqual({
    atomic: false,
    flags: "w",
    durability,
  });
});

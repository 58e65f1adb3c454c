import { expect, it } from "vitest";

// Loaded in each test, and not with this file: the tables are what is tested.

it("a time is in milliseconds, seconds, minutes or hours", async () => {
  const { parseTime } = await import("../../src/line/sizes.ts");
  const times = ["7ms", "1s", "2m", "3h"].map((text) => parseTime("timeout", text));
  expect(times).toEqual([7, 1000, 120_000, 10_800_000]);
  // The longest that a timer of Node can wait.
  expect(parseTime("timeout", "2147483647ms")).toBe(2_147_483_647);
  expect(() => parseTime("timeout", "2147483648ms")).toThrow("--timeout takes a time");
});

it("a durability is none, data or full, or is not said", async () => {
  const { COMMANDS } = await import("../../src/commands/commands.ts");
  const { parseCommandLine } = await import("../../src/line/arguments.ts");
  const { fileOptionsOf } = await import("../../src/line/file-options.ts");
  for (const durability of [undefined, "none", "data", "full"]) {
    const words = durability === undefined ? [] : [`--durability=${durability}`];
    const options = fileOptionsOf(parseCommandLine(COMMANDS.send.options, words));
    expect(options).toEqual({ atomic: false, flags: "w", durability });
  }
});

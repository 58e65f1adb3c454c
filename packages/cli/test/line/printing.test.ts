import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { printed } from "../aw.ts";

it.each(["--version", "-V"])("aw %s prints what the manifest says", async (word) => {
  const manifest = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  expect(await printed([word])).toBe(`${version}\n`);
});

it.each(["--help", "-h", "help"])("aw %s prints how each command is called", async (word) => {
  // Loaded here, and not with this file: the table is what is tested.
  const { COMMANDS } = await import("../../src/commands/commands.ts");
  const text = await printed([word]);
  for (const { usage, summary } of Object.values(COMMANDS)) {
    expect(text).toContain(`  ${usage}\n      ${summary}\n`);
  }
});

it.each(["send", "recv", "pipe"] as const)("aw %s --help prints its options", async (name) => {
  const { COMMANDS } = await import("../../src/commands/commands.ts");
  const text = await printed([name, "--help"]);
  expect(text).toMatch(new RegExp(`^Usage: aw ${name} .*\n\n${COMMANDS[name].summary}\n\n`));
  for (const option of Object.keys(COMMANDS[name].options)) expect(text).toContain(`--${option}`);
});

it("nothing is read or opened for the help of a command", async () => {
  expect(await printed(["send", "-h", "tcp://127.0.0.1:1", "none"])).toContain("Usage: aw send");
});

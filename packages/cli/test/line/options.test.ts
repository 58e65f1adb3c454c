import { expect, it } from "vitest";
import type { Command } from "../../src/commands/commands.ts";
import type { Option } from "../../src/line/options.ts";

/** An option as the help writes it, and what it means something to. */
function described([name, { value, optional, short, of }]: [string, Option]): string {
  const hint = value === undefined ? "" : optional ? `[=${value}]` : ` ${value}`;
  const kinds = of === undefined ? "" : ` of ${of.join(" ")}`;
  return `${short === undefined ? "" : `-${short}, `}--${name}${hint}${kinds}`;
}

const CODERS = ["--gzip[=LEVEL]", "--zstd[=LEVEL]", "--brotli[=QUALITY]", "--deflate[=LEVEL]"];
const DECODERS = ["--gunzip", "--unzstd", "--unbrotli", "--inflate", "--decompress"];
const LAYERS = [
  ...CODERS,
  ...DECODERS,
  "--buffer SIZE",
  "--limit SIZE",
  "--throttle RATE",
  "--parallel[=N]",
];
const SOCKETS = "tcp unix tls ws wss";
const FILES = ["--atomic of file", "--append of file", "--durability HOW of file"];
const TLS = ["--cert FILE of tls wss", "--key FILE of tls wss", "--alpn NAMES of tls"];
const CA = "--ca FILE of tls wss";
const COMMON = ["--progress", "-h, --help"];

it("each command takes its options, and each of them is for what it means something to", async () => {
  // Loaded here, and not with this file: the table is what is tested.
  const { COMMANDS } = await import("../../src/commands/commands.ts");
  const { helpOf } = await import("../../src/line/help.ts");
  const optionsOf = ({ options }: Command) => Object.entries(options).map(described).toSorted();
  expect(optionsOf(COMMANDS.pipe)).toEqual([...LAYERS, ...COMMON].toSorted());
  expect(optionsOf(COMMANDS.send)).toEqual(
    [
      ...LAYERS,
      ...FILES,
      `--timeout TIME of ${SOCKETS}`,
      "--half-close of ws wss",
      `--no-wait of ${SOCKETS}`,
      ...TLS,
      CA,
      "--servername NAME of tls wss",
      "--insecure of tls wss",
      ...COMMON,
    ].toSorted(),
  );
  expect(optionsOf(COMMANDS.recv)).toEqual(
    [
      ...LAYERS,
      ...FILES,
      "-o, --output TARGET",
      "--many[=N]",
      `--timeout TIME of ${SOCKETS}`,
      ...TLS,
      CA,
      ...COMMON,
    ].toSorted(),
  );
  // Each has a line in the help, with words behind it.
  for (const command of Object.values(COMMANDS)) {
    const lines = helpOf(command).split("\n");
    for (const option of Object.entries(command.options)) {
      const [synopsis = ""] = described(option).split(" of ");
      const line = lines.find((text) => text.startsWith(`  ${synopsis} `));
      expect(option[1].help).toMatch(/\w/);
      expect(line?.slice(synopsis.length + 2).trimStart()).toBe(option[1].help);
    }
  }
});

import { parseArgs } from "node:util";
import { ConfigError } from "../config/config-error.ts";

/** The arguments of a small mode: some flags with a value, and whatever stands between them. */
export function parseModeArgs(
  args: readonly string[],
  flags: readonly string[],
): { positionals: string[]; values: Partial<Record<string, string>> } {
  const options = Object.fromEntries(flags.map((name) => [name, { type: "string" as const }]));
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { positionals, values };
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

/** @throws ConfigError unless it is a number from `min` to `max` */
export function countOf(
  flag: string,
  text: string | undefined,
  { otherwise, min, max }: { otherwise: number; min: number; max: number },
): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ConfigError(`--${flag} takes a number from ${min} to ${max}, not ${text}`);
}

/** A port to listen on; by default a free one. */
export function portOf(text: string | undefined): number {
  return countOf("port", text, { otherwise: 0, min: 0, max: 65_535 });
}

/** @throws ConfigError unless it is "host:port" */
export function targetOf(text = ""): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined) return { host, port: Number(port) };
  throw new ConfigError(`a target is host:port, not ${JSON.stringify(text)}`);
}

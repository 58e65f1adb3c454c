import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { ConfigError } from "./config-error.ts";
import { checkAccess } from "./check-access.ts";
import { checkNats } from "./check-nats.ts";
import { CONFIG, type Config } from "./schema.ts";

/**
 * Flags, over the file that `--config` names, over the defaults. A flag is a key of the file: `--limits.maxBytes 1000000`.
 *
 * @throws ConfigError
 */
export async function loadConfig(args: readonly string[]): Promise<Config> {
  const flags = parseFlags(args);
  const file = flags.get("config");
  flags.delete("config");
  const merged = file === undefined ? {} : await readConfig(file);
  for (const [key, value] of flags) assign(merged, key.split("."), parseValue(value));
  const where = file === undefined ? "" : `${file}: `;
  const parsed = v.safeParse(CONFIG, merged);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.issues
        .map((issue) => `${where}${v.getDotPath(issue)}: ${messageOf(issue)}`)
        .join("\n"),
    );
  }
  const issues = [...checkAccess(parsed.output), ...checkNats(parsed.output)];
  if (issues.length === 0) return parsed.output;
  throw new ConfigError(issues.map(([key, message]) => `${where}${key}: ${message}`).join("\n"));
}

/** The names of all flags, "limits.maxBytes" and so on. */
export function flagNames(): string[] {
  return namesOf(CONFIG, "");
}

function parseFlags(args: readonly string[]): Map<string, string> {
  const options = Object.fromEntries(
    ["config", ...flagNames()].map((name) => [name, { type: "string" as const }]),
  );
  try {
    const { values } = parseArgs({ args: [...args], options });
    return new Map(Object.entries(values) as [string, string][]);
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
    throw new Error("the configuration is a JSON object");
  } catch (error) {
    throw new ConfigError(`${path}: ${(error as Error).message}`);
  }
}

/** Numbers, booleans and lists as JSON has them; all else is text. */
function parseValue(text: string): unknown {
  if (!/^(-?\d+(\.\d+)?|true|false|\[.*\])$/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  const next = typeof inner === "object" && inner !== null ? { ...inner } : {};
  target[key] = next;
  assign(next, rest, value);
}

function messageOf(issue: v.BaseIssue<unknown>): string {
  return issue.expected === "never" ? "there is no such key" : issue.message;
}

/** The schema knows the names: nobody writes them a second time. */
function namesOf(schema: unknown, prefix: string): string[] {
  const { entries, wrapped } = schema as { entries?: Record<string, unknown>; wrapped?: unknown };
  if (entries === undefined) return wrapped === undefined ? [prefix] : namesOf(wrapped, prefix);
  return Object.entries(entries).flatMap(([key, entry]) =>
    namesOf(entry, prefix === "" ? key : `${prefix}.${key}`),
  );
}

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AsyncWriteError } from "@aw/core";
import type { Arguments } from "../line/arguments.ts";
import { parseInteger } from "../line/sizes.ts";
import type { Target } from "../line/target.ts";
import { usage } from "../line/usage.ts";

/** Stands for the number of the connection in the name of its file. */
const NUMBER = "{n}";

/** How many connections to accept; `undefined` without `--many`, which is one to one output. */
export function countOf(args: Arguments, output: Target): number | undefined {
  if (!args.has("many")) return undefined;
  if (output.kind !== "file" || !output.path.includes(NUMBER)) {
    throw usage(`--many needs a file for each connection: -o 'part-${NUMBER}'`);
  }
  const value = args.get("many");
  const count = value === undefined ? Number.POSITIVE_INFINITY : parseInteger("many", value);
  if (count < 1) throw usage("--many takes a count of connections, at least 1");
  return count;
}

/** The output of one of many connections. */
export function numbered(output: Target, number: number): Target {
  if (output.kind !== "file") return output;
  return { kind: "file", path: output.path.replaceAll(NUMBER, String(number)) };
}

/** Rejects if the file of the first connection could not be made: what its folder says is known now. */
export async function checkFolder(output: Target): Promise<void> {
  const first = numbered(output, 1);
  if (first.kind !== "file") return;
  try {
    // With the dot, a file in the place of the folder says what it is.
    await access(`${dirname(first.path)}/.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw AsyncWriteError.from(error, "open file");
  }
  const existing = await stat(first.path).catch(() => undefined);
  if (existing?.isDirectory() === true) {
    throw new AsyncWriteError(
      "ERR_AW_IO",
      `${first.path} is a folder; -o takes the name of a file`,
    );
  }
}

import { statSync } from "node:fs";
import type { Arguments } from "../line/arguments.ts";
import { usage } from "../line/usage.ts";

/**
 * Refuses to replace an existing file that may have been meant to be read: `aw send app.log` looks like
 * sending it, and `aw send *.log` names a target only by accident.
 */
export function checkOverwrite(
  named: string,
  path: string,
  inputs: readonly string[],
  args: Arguments,
): void {
  if (args.has("append") || !isFile(path)) return;
  if (inputs.length === 0) {
    const remedy = `aw send <target> ${named} sends it, aw send ${named} - writes standard input over it`;
    throw usage(`${named} exists, and no input is named: ${remedy}`);
  }
  if (inputs.length > 1 && !/^file:/i.test(named)) {
    throw usage(
      `${named} exists and comes first, so it is the target: file:${named} overwrites it`,
    );
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // What can't be looked at is not there, or fails where it is opened.
    return false;
  }
}

import type { Durability, OpenOptions } from "@aw/file";
import type { Arguments } from "./arguments.ts";
import { usage } from "./usage.ts";

const DURABILITIES: readonly Durability[] = ["none", "data", "full"];

/**
 * What `open` of `@aw/file` is called with for a file on this command line.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` before anything is opened
 */
export function fileOptionsOf(args: Arguments): OpenOptions {
  const atomic = args.has("atomic");
  const append = args.has("append");
  if (atomic && append) {
    throw usage("--atomic writes a new file and --append adds to the old one: give one of them");
  }
  return { atomic, flags: append ? "a" : "w", durability: durabilityOf(args) };
}

function durabilityOf(args: Arguments): Durability | undefined {
  const given = args.get("durability");
  const known = DURABILITIES.find((durability) => durability === given);
  if (given === known) return known;
  throw usage(`--durability is ${DURABILITIES.join(", ")}, not "${given}"`);
}

import { LARGEST_SLAB } from "../slab/slab-pool.ts";
import { SlabSize } from "../slab/slab-size.ts";
import { Intake } from "./intake.ts";

/** How many are kept for the next writers that gather. */
const KEPT = 1024;

const free: Intake[] = [];

/**
 * Lends an intake, so that a writer has one only while bytes are gathered or in flight: of thousands of connections
 * few do that at one time.
 *
 * @param capacity the max bytes of a slab
 * @param steps whose `advance` takes the gathered bytes if they can leave now
 */
export function acquireIntake(capacity: number, steps: { advance(): void }): Intake {
  const intake = capacity === LARGEST_SLAB ? free.pop() : undefined;
  if (intake === undefined) return new Intake(new SlabSize(capacity), steps);
  intake.workFor(steps);
  return intake;
}

/**
 * Takes an intake back and returns true, or leaves it to its writer and returns false: while it holds bytes, has
 * learned something of what that writer sends, or is of a size that only some writers want.
 */
export function releaseIntake(intake: Intake): boolean {
  if (!intake.isAsNew || intake.max !== LARGEST_SLAB) return false;
  intake.workFor(undefined);
  if (free.length < KEPT) free.push(intake);
  return true;
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** A folder of its own for each test. Returns what makes a path in it. */
export function temporaryFolder(): (name: string) => string {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aw-recipes-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  return (name) => join(folder, name);
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";

export interface TemporaryFolder {
  readonly path: string;
  /** The path of a name in it. */
  readonly at: (name: string) => string;
}

/** A folder of its own for each test of a file, removed after it. */
export function temporaryFolder(): TemporaryFolder {
  let path = "";
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "aw-test-"));
  });
  afterEach(() => rm(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    at: (name) => join(path, name),
  };
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** A folder of its own for each test; `at("name")` is a path in it. */
export function temporaryFolder(): { readonly path: string; at: (name: string) => string } {
  let path = "";
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "aw-cli-"));
  });
  afterEach(() => rm(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    at: (name) => join(path, name),
  };
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { installedBy } from "../readmes.ts";
import { manifestOf, published } from "./publish.ts";

// What people see of a package on the registry's page.

const root = join(import.meta.dirname, "../..");

describe.each(published)("@aw/%s", (name) => {
  it("says in its manifest where it comes from, and what it needs", () => {
    const manifest = manifestOf(name) as unknown as Record<string, unknown>;
    expect(manifest).toMatchObject({
      name: `@aw/${name}`,
      license: "MIT",
      author: expect.stringContaining("aw"),
      description: expect.stringMatching(/.{20,}/),
      homepage: `https://github.com/aw-streams/aw/tree/main/packages/${name}#readme`,
      bugs: "https://github.com/aw-streams/aw/issues",
      repository: { type: "git", directory: `packages/${name}` },
      engines: { node: ">=22" },
      publishConfig: { access: "public" },
    });
    expect((manifest["keywords"] as string[]).length).toBeGreaterThan(5);
    expect(manifest["files"]).toEqual(["dist", "src", "CHANGELOG.md"]);
  });

  it("says in its README how to install it, and what a promise proves", () => {
    expect(installedBy(name)).toContain(`@aw/${name}`);
    const readme = readFileSync(join(root, "packages", name, "README.md"), "utf8");
    // The command has no promises, and the kit asks for those of others.
    if (name === "cli" || name === "conformance") return;
    const words = ["accepted", "flushed", "durable", "acknowledged"];
    expect(words.filter((word) => !readme.includes(word))).toEqual([]);
  });
});

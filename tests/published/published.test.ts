import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleOf, installedBy } from "../readmes.ts";
import { emptyProject, packageManagers } from "./package-managers.ts";
import { manifestOf, publishAll, publishAs, published } from "./publish.ts";
import { startRegistry, type Registry } from "./registry.ts";
import { run } from "./run.ts";

// What people get: the packages from a registry, in an empty project, by the line that the README says.

/**
 * The one that lets a package find nothing but what it names, and is quickest. `AW_PUBLISHED=full` has all of them
 * do everything.
 */
const isFull = process.env["AW_PUBLISHED"] === "full";
const managers = packageManagers.filter(({ name }) => isFull || name === "pnpm");

/** A version of core that no package's range takes. */
const OTHER = "0.0.1-other";

const scratch = mkdtempSync(join(tmpdir(), "aw-published-"));
let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry(scratch);
  await publishAll(registry, scratch);
  await publishAs("core", OTHER, registry, scratch);
});
afterAll(() => {
  registry.stop();
  rmSync(scratch, { recursive: true });
});

/** Runs what the README shows in a project that has the package. Resolves with what it prints. */
async function runExample(project: string, name: string): Promise<string> {
  if (name === "cli") {
    const path = `${join(project, "node_modules/.bin")}:${process.env["PATH"]}`;
    return run(project, "bash", ["-ec", exampleOf("cli", "sh")], { PATH: path });
  }
  writeFileSync(join(project, "example.ts"), exampleOf(name));
  return run(project, process.execPath, ["example.ts"]);
}

/** The folder of the core that a package of the project finds. */
function coreOf(project: string, name: string): string {
  const folder = realpathSync(join(project, "node_modules/@aw", name));
  const { resolve } = createRequire(join(folder, "package.json"));
  return name === "core" ? folder : dirname(dirname(resolve("@aw/core")));
}

describe.each(managers)("by $name", ({ name: manager, add }) => {
  it.each(published)("@aw/%s is installed alone, and its example runs", async (name) => {
    const project = join(scratch, `${manager}-${name}`);
    emptyProject(project, registry.url);
    await add(project, installedBy(name));
    expect(await runExample(project, name)).not.toContain("undefined");
  });

  it("all are installed together, share one core, and can be imported", async () => {
    const project = join(scratch, `${manager}-all`);
    emptyProject(project, registry.url);
    await add(
      project,
      published.map((name) => manifestOf(name).name),
    );
    expect(readdirSync(join(project, "node_modules/@aw")).toSorted()).toEqual(published);
    const cores = published.map((name) => coreOf(project, name));
    expect(new Set(cores).size).toBe(1);
    cpSync(join(import.meta.dirname, "every-export.ts"), join(project, "every-export.ts"));
    expect(await run(project, process.execPath, ["every-export.ts", ...published])).toBe("");
    if (isFull) for (const name of published) await runExample(project, name);
  });

  it("another version of core works together with the one that the others bring", async () => {
    const project = join(scratch, `${manager}-versions`);
    emptyProject(project, registry.url);
    await add(project, [
      `@aw/core@${OTHER}`,
      ...["compression", "conformance", "tcp"].map((name) => manifestOf(name).name),
    ]);
    expect(coreOf(project, "compression")).not.toBe(coreOf(project, "core"));
    cpSync(join(import.meta.dirname, "two-cores.ts"), join(project, "two-cores.ts"));
    expect(await run(project, process.execPath, ["two-cores.ts"])).toBe("");
  });
});

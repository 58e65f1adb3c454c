import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export type RuntimeName = "node" | "node26" | "bun";

const MODULES: string = join(import.meta.dirname, "../node_modules");

/** Where the registry's packages put the binaries, for the machines that there are some for. */
const BINARIES: Readonly<Record<RuntimeName, () => string | undefined>> = {
  node: () => process.execPath,
  node26: () => join(MODULES, "node26-linux-x64/bin/node"),
  bun: () => platformBinary("bun", `@oven/bun-${process.platform}-${platformArch()}`, "bin/bun"),
};

/** The binary of each platform is a package of its own, which the named one depends on. */
function platformBinary(name: string, platform: string, path: string): string | undefined {
  const manifest = join(MODULES, name, "package.json");
  if (!existsSync(manifest)) return undefined;
  try {
    // From where it really is: only there does pnpm link what it depends on.
    return join(
      createRequire(realpathSync(manifest)).resolve(`${platform}/package.json`),
      "..",
      path,
    );
  } catch {
    // There is none for this platform, or it was left out: optional dependencies are.
    return undefined;
  }
}

function platformArch(): string {
  return process.arch === "arm64" ? "aarch64" : process.arch;
}

const FLAGS: Readonly<Record<RuntimeName, readonly string[]>> = {
  node: ["--expose-gc"],
  node26: ["--expose-gc", "--experimental-stream-iter", "--disable-warning=ExperimentalWarning"],
  bun: [],
};

/** The path of a runtime, undefined if this machine has none. */
export function findRuntime(name: RuntimeName): string | undefined {
  const path = BINARIES[name]();
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** What it has to be told to run our sources. */
export function runtimeFlags(name: RuntimeName): readonly string[] {
  return ["--conditions=@aw/source", ...FLAGS[name]];
}

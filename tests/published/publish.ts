import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Registry } from "./registry.ts";
import { run } from "./run.ts";

const root = join(import.meta.dirname, "../..");

/** The folders in `packages` of what is published. */
export const published: readonly string[] = readdirSync(join(root, "packages")).filter(
  (name) => !("private" in manifestOf(name)),
);

export function manifestOf(name: string): { name: string; version: string; private?: true } {
  return JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
}

/** Builds all packages and publishes them as a release does, but to `registry`. */
export async function publishAll(registry: Registry, scratch: string): Promise<void> {
  // Who is up to date is not built again.
  await run(root, "turbo", ["run", "build", "--output-logs=errors-only"]);
  await run(root, "pnpm", ["-r", "publish", "--no-git-checks"], asAnybody(registry, scratch));
}

/** Settings for clients that publish: they insist on a token, whatever the registry says to it. */
export function asAnybody({ url }: Registry, scratch: string): NodeJS.ProcessEnv {
  const config = join(scratch, "publisher.npmrc");
  writeFileSync(
    config,
    `registry=${url}\n@aw:registry=${url}\n${url.replace("http:", "")}:_authToken=anybody\n`,
  );
  return { NPM_CONFIG_USERCONFIG: config, npm_config_registry: url };
}

/** Publishes a package once more under another version. */
export async function publishAs(
  name: string,
  version: string,
  registry: Registry,
  scratch: string,
): Promise<void> {
  const copy = join(scratch, `${name}-${version}`);
  cpSync(join(root, "packages", name, "dist"), join(copy, "dist"), { recursive: true });
  const manifest: object = { ...manifestOf(name), version, devDependencies: {} };
  writeFileSync(join(copy, "package.json"), JSON.stringify(manifest));
  await run(copy, "npm", ["publish", "--tag", "other"], asAnybody(registry, scratch));
}

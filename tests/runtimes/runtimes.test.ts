import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { selfSigned } from "@aw/testing";
import { describe, it } from "vitest";

const CONDITION = "--conditions=@aw/source";

const INSIDES = join(import.meta.dirname, "../../packages/compression/test/insides");

/** The rest of the support table, as far as there is a binary for this machine. */
const runtimes = [
  { name: "Node 22", path: nodeOf("node22-linux-x64"), flags: [CONDITION] },
  { name: "Node 26", path: nodeOf("node26-linux-x64"), flags: [CONDITION] },
  {
    name: "Deno",
    path: binaryOf("deno", "@deno/linux-x64-glibc", "deno"),
    flags: ["run", "--allow-all", CONDITION],
  },
  {
    name: "Bun",
    path: binaryOf("bun", "@oven/bun-linux-x64", "bin/bun"),
    flags: [CONDITION],
  },
].filter(({ path }) => existsSync(path));

function nodeOf(name: string): string {
  return join(import.meta.dirname, "../node_modules", name, "bin/node");
}

/** The npm package brings the binary of each platform as a dependency of its own. */
function binaryOf(name: string, platform: string, path: string): string {
  const manifest = join(import.meta.dirname, "../node_modules", name, "package.json");
  const platforms = existsSync(manifest) ? createRequire(manifest) : undefined;
  if (platforms === undefined || process.arch !== "x64") return "";
  return join(dirname(platforms.resolve(`${platform}/package.json`)), path);
}

describe.each(runtimes)("$name", ({ name, path, flags }) => {
  const run = (
    script: string,
    flag: readonly string[] = [],
    args: readonly string[] = [],
  ): void => {
    const all = [...flags, ...flag, resolve(import.meta.dirname, script), ...args];
    execFileSync(path, all, { stdio: "pipe" });
  };

  it("carries lines through a whole stack", () => run("stack.ts"));

  it("writes files of every kind", () => run("files.ts"));

  it("codes every format both ways, and zstd frame after frame", () => run("codecs.ts"));

  // Of Deno that is what its zstd needs; Bun has insides of its own.
  it.skipIf(name === "Bun")("has the insides of zlib that codecs use", () => {
    run(join(INSIDES, "handle-codec.ts"));
    if (name !== "Deno") run(join(INSIDES, "flush-in-one-trip.ts"));
  });

  // Bun closes both directions of a TLS connection when one ends.
  it.skipIf(name === "Bun")("speaks TLS, and answers after the half-close", async () => {
    const { cert, key } = await selfSigned("localhost");
    run("tls-stack.ts", [], [cert, key]);
  });

  it.runIf(name === "Node 26")("drives a writer with its own pipeTo", () =>
    run("stream-iter.ts", ["--experimental-stream-iter"]),
  );
});

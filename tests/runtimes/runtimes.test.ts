import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { selfSigned } from "@aw/testing";
import { describe, it } from "vitest";
import { binaries } from "./binaries.ts";

const CONDITION = "--conditions=@aw/source";

const INSIDES = join(import.meta.dirname, "../../packages/compression/test/insides");

/** The rest of the support table, as far as there is a binary for this machine. */
const runtimes = [
  { name: "Node 22", path: binaries.node22, flags: [CONDITION] },
  { name: "Node 26", path: binaries.node26, flags: [CONDITION] },
  {
    name: "Deno",
    path: binaries.deno,
    flags: ["run", "--allow-all", CONDITION],
  },
  {
    name: "Bun",
    path: binaries.bun,
    flags: [CONDITION],
  },
].filter(({ path }) => path !== "");

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

  it.skipIf(name === "Bun")("sees the end of TLS, and takes no cut for it", async () => {
    const { cert, key } = await selfSigned("localhost");
    run("tls-end.ts", [], [cert, key]);
  });

  it("makes a writer wait for a TLS peer that does not read", async () => {
    const { cert, key } = await selfSigned("localhost");
    run("tls-slow-reader.ts", [], [cert, key]);
  });

  it.runIf(name === "Node 26")("drives a writer with its own pipeTo", () =>
    run("stream-iter.ts", ["--experimental-stream-iter"]),
  );
});

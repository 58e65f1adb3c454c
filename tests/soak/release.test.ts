import { join } from "node:path";
import { Running, SEED, selfSigned } from "@aw/testing";
import { describe, expect, it } from "vitest";
import { binaries } from "../runtimes/binaries.ts";

/** A soak of 5,000 takes minutes: that is for `AW_CONNECTIONS=5000`. */
const connections = process.env["AW_CONNECTIONS"] ?? "200";

const runtimes = [
  { name: "this Node", path: process.execPath },
  { name: "Node 22", path: binaries.node22 },
  { name: "Node 26", path: binaries.node26 },
].filter(({ path }) => path !== "");

describe.runIf(process.platform === "linux")("a proxy whose clients hang up at random", () => {
  const time = Math.max(60_000, 100 * Number(connections));

  it.each(runtimes)(
    "leaves nothing, and the process ends: $name",
    { timeout: time },
    async ({ path }) => {
      const { cert, key } = await selfSigned("localhost");
      const program = join(import.meta.dirname, "release.ts");
      const args = ["--conditions=@aw/source", program, connections, String(SEED), cert, key];
      const soak = new Running(path, args);
      const { code, stderr } = await soak.ended;
      expect([code, stderr.replaceAll(/.*ExperimentalWarning.*\n.*\n/g, "")]).toEqual([0, ""]);
    },
  );
});

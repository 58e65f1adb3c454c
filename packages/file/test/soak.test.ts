import { mkdir } from "node:fs/promises";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { run } from "./children/run.ts";
import { MAY_MOUNT, mounted } from "./mounted.ts";

const folder = temporaryFolder();

/** How long it runs beyond its rounds; AGENTS.md names the long version. */
const SECONDS = Number(process.env["AW_SOAK_SECONDS"] ?? 0);

describe.skipIf(!MAY_MOUNT)("a disk that fills up and is emptied, again and again", () => {
  it.each(["sync", "async"])(
    "four writers of a rotating pino log, %s: no line is torn, none is lost that is not counted",
    async (io) => {
      const disk = folder.at("disk");
      await mkdir(disk);
      await mounted(disk, "size=8m", async () => {
        const { code, stdout, stderr } = await run("soak.ts", disk, "300", String(SECONDS), io);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        const result = JSON.parse(stdout) as Record<string, number>;
        process.stderr.write(`soak, ${io}: ${stdout}`);
        expect(result).toMatchObject({ missing: 0, torn: 0, thrown: [] });
        expect(result["lost"]).toBeGreaterThan(0);
        // Those that end while the writers go on.
        expect(result["flushes"]).toBeGreaterThan(5);
      });
    },
    60_000 + SECONDS * 1100,
  );
});

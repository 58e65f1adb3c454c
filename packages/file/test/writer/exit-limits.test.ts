import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { run } from "../children/run.ts";

const folder = temporaryFolder();
const LENGTH = 900_000;

describe.skipIf(process.platform !== "linux")("flushSync while the thread pool appends", () => {
  it.each([0, 1_500_000])(
    "a write that the system cut short is not taken for a whole one, after %d bytes",
    async (before) => {
      const path = folder.at("log");
      writeFileSync(path, "o".repeat(before));
      const blocks = Math.ceil((before + 400_000) / 512);
      const { code, stdout, stderr } = await run("within-limits.ts", path, "size", String(blocks));
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(statSync(path).size).toBeLessThan(before + LENGTH);
      expect(stdout).toBe("ERR_AW_NO_SPACE");
    },
  );

  it("needs no descriptor more: a process that crashes may have none left", async () => {
    const path = folder.at("log");
    const { code, stdout, stderr } = await run("within-limits.ts", path, "descriptors", "60");
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: "", stdout: "flushed" });
    expect(readFileSync(path, "utf8")).toBe(`${"y".repeat(99)}\n`.repeat(LENGTH / 100));
  });

  it("others cut the file off underneath, as copytruncate does: what comes later is there", async () => {
    const path = folder.at("log");
    const out = await open(path, { flags: "a" });
    let all = "";
    for (let round = 0; round < 50; round++) {
      const lines = `${round}: ${"x".repeat(round * 50)}\n`.repeat(200);
      all += lines;
      out.writeSync(lines);
      await new Promise((resolve) => setImmediate(resolve));
      truncateSync(path);
      out.writeSync("after that\n");
      all += "after that\n";
      out.flushSync();
      const text = readFileSync(path, "utf8");
      expect(all.endsWith(text)).toBe(true);
      expect(text.endsWith("\nafter that\n") || text === "after that\n").toBe(true);
    }
    await out.close();
  });
});

import { readFileSync, statSync } from "node:fs";
import { open } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";

const folder = temporaryFolder();

it.each(["async", "sync"] as const)(
  "preallocate: the room is there at open, and given back at close, %s",
  async (io) => {
    for (const atomic of [false, true]) {
      const path = folder.at(`out-${atomic}`);
      const out = await open(path, { io, atomic, preallocate: 1_000_000 });
      if (!atomic) {
        expect(statSync(path).size).toBe(1_000_000);
        expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(1_000_000);
      }
      await out.writeAll("short");
      await out.close();
      expect(readFileSync(path, "utf8")).toBe("short");
    }
  },
);

it("preallocate: an abort leaves what was written, without the zeros", async () => {
  const path = folder.at("out");
  const out = await open(path, { io: "sync", preallocate: 1000 });
  await out.writeAll("short");
  await out.flush();
  out.abort();
  expect(readFileSync(path, "utf8")).toBe("short");
});

it("preallocate: more than that is no error, and it is for new files", async () => {
  const path = folder.at("out");
  const out = await open(path, { preallocate: 10 });
  await out.writeAll("x".repeat(100));
  await out.close();
  expect(statSync(path).size).toBe(100);
  for (const options of [{ flags: "a" }, { flags: "r+" }, { position: 3 }] as const) {
    await expect(open(path, { preallocate: 10, ...options })).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
  }
});

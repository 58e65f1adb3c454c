import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { open, type FileWriter } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { run } from "../children/run.ts";

const folder = temporaryFolder();

it("keeps others out until it is closed, aborted or failed", async () => {
  const path = folder.at("out");
  const ends: ((out: FileWriter) => void | Promise<void>)[] = [
    (out) => out.close(),
    (out) => out.abort(),
  ];
  for (const end of ends) {
    const out = await open(path, { lock: true });
    await expect(open(path, { lock: true })).rejects.toMatchObject({
      code: "ERR_AW_IO",
      message: expect.stringContaining(
        `process ${process.pid} has the lock ${path}.lock`,
      ) as string,
    });
    await end(out);
  }
  await (await open(path, { lock: true })).close();
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

it("gives the lock back if the file can't be opened", async () => {
  const path = folder.at("out");
  writeFileSync(path, "");
  await expect(open(path, { flags: "wx", lock: true })).rejects.toMatchObject({
    code: "ERR_AW_IO",
  });
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

it("several processes at once on the lock of one that was killed: never two have it", async () => {
  const path = folder.at("out");
  const { signal } = await run("lock-killed.ts", path);
  expect(signal).toBe("SIGKILL");
  expect(readdirSync(folder.path).toSorted()).toEqual(["out", "out.lock"]);
  const ends = await Promise.all(
    Array.from({ length: 4 }, () => run("lock-append.ts", path, "50")),
  );
  expect(ends).toMatchObject(Array.from({ length: 4 }, () => ({ code: 0, stderr: "" })));
  // Each holder read the number in the file, and wrote the next one.
  expect(readFileSync(path, "utf8")).toBe("200");
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

it("leaves a lock of another machine alone", async () => {
  const path = folder.at("out");
  writeFileSync(`${path}.lock`, "00000000-1-1");
  await expect(open(path, { lock: true })).rejects.toMatchObject({ code: "ERR_AW_IO" });
  expect(readdirSync(folder.path)).toEqual(["out.lock"]);
});

import { once } from "node:events";
import { watch } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { exportJson } from "../src/export-json.ts";
import { runRecipe } from "./recipe.ts";

const { at } = temporaryFolder();

async function* numbers(count: number, last: () => unknown = () => 0): AsyncGenerator {
  for (let index = 0; index < count; index++) yield index;
  await last();
}

it.each([0, 1, 100_000])("writes %i rows as one array", async (count) => {
  await exportJson(at("export.json"), numbers(count));
  const rows: unknown = JSON.parse(await readFile(at("export.json"), "utf8"));
  expect(rows).toEqual(Array.from({ length: count }, (_, index) => index));
});

it("shows the old export until the new one is whole", async () => {
  await writeFile(at("export.json"), "old");
  const look = async (): Promise<void> => {
    expect(await readFile(at("export.json"), "utf8")).toBe("old");
  };
  await exportJson(at("export.json"), numbers(100_000, look));
  expect(await readFile(at("export.json"), "utf8")).toMatch(/^\[\n0,\n/);
});

it("leaves the old export when the source fails, and nothing beside it", async () => {
  await writeFile(at("export.json"), "old");
  const failure = new Error("the cursor is gone");
  const fail = (): Promise<void> => Promise.reject(failure);
  await expect(exportJson(at("export.json"), numbers(100_000, fail))).rejects.toBe(failure);
  expect(await readFile(at("export.json"), "utf8")).toBe("old");
  expect(await readdir(at("."))).toEqual(["export.json"]);
});

it("leaves the old export when the signal fires", async () => {
  await writeFile(at("export.json"), "old");
  const controller = new AbortController();
  const abort = (): Promise<never> => {
    controller.abort();
    return new Promise(() => {});
  };
  const exporting = exportJson(at("export.json"), numbers(10, abort), controller);
  await expect(exporting).rejects.toMatchObject({ name: "AbortError" });
  expect(await readFile(at("export.json"), "utf8")).toBe("old");
});

it("leaves the old export when the process is killed, and the next run takes its place", async () => {
  const path = at("export.json");
  await writeFile(path, "old");
  const changes = watch(dirname(path));
  const { child } = runRecipe("export-json", path);
  await once(changes, "change"); // its temporary file is there
  child.kill("SIGKILL");
  await once(child, "close");
  changes.close();
  expect(await readFile(path, "utf8")).toBe("old");

  expect(await runRecipe("export-json", path).end()).toMatchObject({ status: 0 });
  expect(JSON.parse(await readFile(path, "utf8"))).toHaveLength(100_000);
  expect(await readdir(at("."))).toEqual(["export.json"]);
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "@aw/core";
import { expect, it } from "vitest";
import { published } from "./published/publish.ts";

const root = join(import.meta.dirname, "..");
const text = readFileSync(join(root, "llms.txt"), "utf8");

it("llms.txt links to what is there, and names every package", () => {
  const links = [...text.matchAll(/\/blob\/main\/([^)]*)\)/g)].map(([, path = ""]) => path);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(published.filter((name) => !text.includes(`[@aw/${name}]`))).toEqual([]);
});

it("llms.txt names what core exports", () => {
  const [, list = ""] =
    /\[@aw\/core\][^:]*: (.*)/.exec(text.replaceAll(/\(https[^)]*\)/g, "")) ?? [];
  const names = [...list.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !(name in core))).toEqual([]);
});

import { readdir, readFile } from "node:fs/promises";
import { temporaryFolder } from "@aw/testing/vitest";
import { FolderStore } from "../../src/store/folder-store.ts";
import { storeCases } from "./store-cases.ts";

const { at } = temporaryFolder();

storeCases("a folder", () => ({
  open: () => FolderStore.open(at("data")),
  async contents() {
    const names = await readdir(at("data/uploads"));
    const files = names.map(async (name) => {
      const bytes = await readFile(at(`data/uploads/${name}`));
      return [name.split("-")[0] ?? "", bytes] as const;
    });
    return new Map(await Promise.all(files));
  },
  async leftovers() {
    const names = await readdir(at("data/uploads"));
    return names.filter((name) => name.startsWith("."));
  },
}));

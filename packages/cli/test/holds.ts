import { existsSync, readFileSync } from "node:fs";

/** Resolves once the file has this in it, and nothing else. */
export async function holds(path: string, text: string): Promise<void> {
  while (!existsSync(path) || readFileSync(path, "utf8") !== text) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

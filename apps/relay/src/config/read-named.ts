import { readFile } from "node:fs/promises";
import { ConfigError } from "./config-error.ts";

/**
 * Reads a text file that a key of the configuration names.
 *
 * @throws ConfigError with the key, and why the file can't be read
 */
export async function readNamed(key: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new ConfigError(`${key}: ${(error as Error).message}`, { cause: error });
  }
}

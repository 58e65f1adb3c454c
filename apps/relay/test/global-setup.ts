import { join } from "node:path";
import { build } from "vite";

/** The page that relays of tests serve is that of these sources. */
export async function setup(): Promise<void> {
  await build({ root: join(import.meta.dirname, "../page") });
}

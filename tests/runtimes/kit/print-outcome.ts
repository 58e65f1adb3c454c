// Run by any runtime with the path of a bundle: prints what came of its cases, as the last line.
import { pathToFileURL } from "node:url";
import type { Outcome } from "./collected.ts";

const [path = ""] = process.argv.slice(2);
const kit = (await import(pathToFileURL(path).href)) as { outcome(): Promise<Outcome> };
process.stdout.write(`\n${JSON.stringify(await kit.outcome())}\n`, () => process.exit(0));

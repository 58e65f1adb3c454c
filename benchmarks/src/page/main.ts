/** `pnpm bench:page [FILE]`: docs/performance.md and its charts, of what `pnpm bench --json` has written. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readReport } from "../report.ts";
import { makePage } from "./page.ts";

const DOCS: string = join(import.meta.dirname, "../../../docs");
const CHARTS: string = join(DOCS, "performance");

const [file = join(CHARTS, "results.json")] = process.argv.slice(2);
const { markdown, charts } = await makePage(readReport(file));
mkdirSync(CHARTS, { recursive: true });
writeFileSync(join(DOCS, "performance.md"), markdown);
for (const [name, svg] of charts) writeFileSync(join(CHARTS, name), svg);
console.log(`docs/performance.md and ${charts.size} charts`);

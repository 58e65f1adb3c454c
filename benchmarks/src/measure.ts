/** Measures one subject of one case once, in a process of its own: measure.ts CASE SUBJECT SCALE. */
import { cases } from "./cases.ts";

const [caseName, subject = "", scale] = process.argv.slice(2);
const measure = cases.find(({ name }) => name === caseName)?.subjects[subject];
if (measure === undefined) throw new Error(`no such case: ${caseName}, ${subject}`);
process.stdout.write(String(await measure({ scale: Number(scale) })));

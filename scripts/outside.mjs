// Runs in an empty project, on the packed packages: imports every entry, and sends bytes through
// a stack of them.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { buffered, compose, copy, memory } from "@aw/core";

for (const name of readdirSync("node_modules/@aw")) {
  assert.ok(Object.keys(await import(`@aw/${name}`)).length > 0, `@aw/${name} exports nothing`);
}

const target = memory();
const out = compose(target, buffered);
assert.equal(await copy(["hello, ", "world\n"], out), 13);
await out.close();
assert.equal(target.text(), "hello, world\n");

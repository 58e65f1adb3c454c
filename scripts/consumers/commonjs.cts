/** A CommonJS program on Node: `require()` of ES modules, which TypeScript knows since 5.8. */
import assert = require("node:assert");
import compression = require("@aw/compression");
import core = require("@aw/core");
import file = require("@aw/file");
import tcp = require("@aw/tcp");

async function main(): Promise<void> {
  const target: core.MemoryWriter = core.memory();
  const out: core.Writer = compression.gzip(compression.gunzip(target));
  await out.writeAll("through a CommonJS program\n");
  await out.close();
  assert.equal(target.text(), "through a CommonJS program\n");
  assert.equal(typeof file.open, "function");
  await (await tcp.listen()).close();
}

void main();

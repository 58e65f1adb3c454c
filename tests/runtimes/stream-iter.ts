// Run by Node 26 with --experimental-stream-iter: its own pipeTo drives our writer.
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { gzip } from "@aw/compression";
import { buffered, memory, toIterWriter } from "@aw/core";

// A variable, because the types of Node 24 do not know the module.
const specifier: string = "node:stream/iter";
const { from, ondrain, pipeTo } = (await import(specifier)) as {
  ondrain: (writer: unknown) => Promise<boolean> | null;
  from: (source: unknown) => AsyncIterable<Uint8Array[]>;
  pipeTo: (source: unknown, writer: unknown) => Promise<number>;
};

const chunks = Array.from({ length: 5000 }, (_, index) => `line ${index}\n`);
const text = chunks.join("");

const target = memory();
assert.equal(await pipeTo(from(chunks), toIterWriter(buffered(gzip(target)))), text.length);
assert.equal(gunzipSync(target.bytes()).toString(), text);
assert.equal(target.state, "closed");

async function* broken(): AsyncGenerator<string> {
  yield text;
  throw new RangeError("source broke");
}
const aborted = memory();
await assert.rejects(pipeTo(from(broken()), toIterWriter(gzip(aborted))), RangeError);
assert.equal(aborted.state, "failed");
assert.throws(() => gunzipSync(aborted.bytes()));

const full = toIterWriter(memory({ maxBytes: 10 }));
await assert.rejects(pipeTo(from(chunks), full), { code: "ERR_AW_WRITE_ZERO" });

const draining = toIterWriter(memory());
assert.equal(await ondrain(draining), true);
await draining.end();
assert.equal(ondrain(draining), null);

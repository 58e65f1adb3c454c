// Runs in a project that has another version of @aw/core than the one that the other packages bring along. What
// is made by one of the two is handed to the other.
import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzip, gzip } from "@aw/compression";
import * as own from "@aw/core";
import { conformanceCases } from "@aw/conformance";
import { connect, listen } from "@aw/tcp";

const installed = realpathSync(join(dirname(import.meta.filename), "node_modules/@aw/compression"));
const path = createRequire(join(installed, "package.json")).resolve("@aw/core");
const brought = (await import(pathToFileURL(path).href)) as typeof own;
assert.notEqual(own.Writer, brought.Writer, "there is only one core");

const text = "a line\n".repeat(50_000);

// Layers of both, one over the other.
const target = own.memory();
const decoder = gunzip(own.buffered(target));
const out = own.buffered(gzip(brought.lineBuffered(own.inspect(decoder, () => {}))));
await out.writeAll(text);
await out.flush();
assert.equal(target.text(), text);
await out.close();
assert.equal(target.state, "closed");

// Loops of one, ends of the other; and readers.
const collected = brought.memory();
await own.copy([text], collected);
await own.copy(brought.toReader([text]), collected);
await brought.copy(own.toReader([text]), collected);
assert.equal(collected.text(), text.repeat(3));
assert.equal(await own.toReader(brought.toReader(["one\ntwo"])).readLine(), "one");
const messages: string[] = [];
for await (const line of own.unframed(brought.toReader(["1\n2\n3\n"]), brought.lines())) {
  messages.push(line);
}
assert.deepEqual(messages, ["1", "2", "3"]);

// A connection of one, layers and loops of the other.
const listener = await listen();
const { port } = listener.address as AddressInfo;
const client = await connect({ host: "127.0.0.1", port });
const upload = (async () => {
  const layered = own.timeout(own.buffered(client), { write: 60_000 });
  await layered.writeAll(text);
  await layered.close();
})();
for await (const connection of listener) {
  const received = own.memory();
  await own.copy(connection.readable, received);
  assert.equal(received.text(), text);
  await connection.close();
  break;
}
await upload;
await own.copy(client.readable, own.sink());
await listener.close();

// A failure is the same object at every layer, and known by both, whatever way one asks.
const full = gzip(own.limit(own.sink(), 1));
const failed = full.writeAll(text).then(() => full.close());
const failure: unknown = await failed.catch((error: unknown) => error);
for (const { AsyncWriteError } of [own, brought]) {
  assert.ok(AsyncWriteError.is(failure));
  assert.ok(failure instanceof AsyncWriteError);
  assert.equal(failure.code, "ERR_AW_LIMIT");
  assert.equal(AsyncWriteError.from(failure), failure);
}

// An abort goes through to the other's, and comes back as a failure.
const slow = own.pipe({ capacity: 1 });
const above = brought.buffered(slow.writer);
const heard = new Promise((resolve) => above.onFailure(resolve));
slow.reader.abort("gone");
assert.ok(own.AsyncWriteError.is(await heard));
const below = brought.pipe();
gzip(below.writer).abort("enough");
await assert.rejects(below.reader.read(), (error) => own.AsyncWriteError.is(error));

// The kit of one judges writers of the other.
const cases = conformanceCases({
  name: "memory of another core",
  factory: () => {
    const writer = own.memory();
    return { writer, delivered: () => writer.bytes() };
  },
  seeds: 20,
});
const due = cases.filter(({ skip }) => skip === undefined);
assert.ok(due.length > 10);
for (const { run } of due) await run();

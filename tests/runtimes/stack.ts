// A whole stack on one runtime: lines through buffered > gzip > tcp, and from there into a file.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzip, gzip } from "@aw/compression";
import { buffered, copy } from "@aw/core";
import { open } from "@aw/file";
import { connect, listen } from "@aw/tcp";

const folder = await mkdtemp(join(tmpdir(), "aw-stack-"));
try {
  const path = join(folder, "out");
  const listener = await listen();
  const serving = (async () => {
    for await (const connection of listener) {
      const out = gunzip(await open(path));
      await copy(connection.readable, out);
      await out.close();
      await connection.close();
      return;
    }
  })();
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`);
  const { port } = listener.address as AddressInfo;
  const out = buffered(gzip(await connect({ host: "127.0.0.1", port })));
  for (const line of lines) await out.writeAll(line);
  await out.close();
  await serving;
  assert.equal(await readFile(path, "utf8"), lines.join(""));
  await listener.close();
} finally {
  await rm(folder, { recursive: true });
}

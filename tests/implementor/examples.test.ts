import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { memory, Writer } from "@aw/core";
import { expect, it } from "vitest";
import { chunked } from "./chunked.ts";
import { dial } from "./dial.ts";
import { Hashed } from "./hashed.ts";

const packages = join(import.meta.dirname, "../../packages");

const SHOWN = [
  ["core", join(import.meta.dirname, "dial.ts")],
  ["core", join(import.meta.dirname, "chunked.ts")],
  ["core", join(import.meta.dirname, "hashed.ts")],
  ["conformance", join(packages, "conformance/test/example/array-writer.ts")],
  ["conformance", join(packages, "conformance/test/example/array-writer.test.ts")],
] as const;

it.each(SHOWN)("the README of %s shows %s as it is tested", (name, path) => {
  const readme = readFileSync(join(packages, name, "README.md"), "utf8");
  const blocks = readme.split("```").filter((_, index) => index % 2 === 1);
  const shown = blocks.map((block) => block.slice(block.indexOf("\n") + 1));
  expect(shown).toContain(readFileSync(path, "utf8"));
});

it("a transport has at most 20 lines", () => {
  const lines = readFileSync(join(import.meta.dirname, "dial.ts"), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines.length).toBeLessThanOrEqual(20);
});

it("Node's HTTP server reads what a layer makes of bytes, over a transport", async () => {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const connection = dial((server.address() as AddressInfo).port);
  await connection.writeAll(
    "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  const body = chunked(connection);
  await body.writeAll("hello, ");
  await body.flush();
  await body.writeAll("world\n");
  const request = once(server, "request") as Promise<[IncomingMessage]>;
  await body.close();
  const [message] = await request;
  expect(await text(message)).toBe("hello, world\n");
  expect(String(body)).toMatch(/^chunked > dial\(\d+\)$/);
  server.closeAllConnections();
  server.close();
});

it("a layer that passes bytes on sees those that were accepted", async () => {
  const target = memory();
  const hashed = new Hashed(target);
  const writer = new Writer(hashed);
  await writer.writeAll("hello, ");
  await writer.writeAllVectored([new TextEncoder().encode("wor"), new TextEncoder().encode("ld")]);
  await writer.close();
  expect(hashed.hash.digest("hex")).toBe(createHash("sha256").update("hello, world").digest("hex"));
});

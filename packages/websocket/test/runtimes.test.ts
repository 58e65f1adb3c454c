import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { connect } from "@aw/websocket";
import { describe, expect, it } from "vitest";
import { bytesOf, failureOf } from "./instruments.ts";
import { BYTES, HASH, run, send } from "./referee.ts";

const arm = process.arch === "arm64";

/** The npm packages bring a binary for each platform as a dependency of their own. */
const runtimes = [
  {
    name: "Deno",
    binary: binaryOf(
      import.meta.resolve("deno/package.json"),
      `@deno/linux-${arm ? "arm64" : "x64"}-glibc`,
      "deno",
    ),
    flags: ["run", "--allow-all", "--conditions=@aw/source"],
    server: "deno-server.ts",
  },
  {
    name: "Bun",
    binary: binaryOf(
      import.meta.resolve("bun/package.json"),
      `@oven/bun-linux-${arm ? "aarch64" : "x64"}`,
      "bin/bun",
    ),
    flags: ["--conditions=@aw/source"],
    server: "bun-server.ts",
  },
];

function binaryOf(manifest: string, platform: string, path: string): string {
  return join(dirname(createRequire(manifest).resolve(`${platform}/package.json`)), path);
}

const script = (name: string): string => join(import.meta.dirname, "runtimes", name);

describe.each(runtimes)("$name", ({ binary, flags, server }) => {
  it("as a server gets the exact bytes and 1000, and its pings are no bytes", async () => {
    const { line } = run(binary, [...flags, script(server)]);
    const client = await connect(`ws://127.0.0.1:${await line()}/`);
    const received = bytesOf(client.readable);
    await send(client);
    expect(await line()).toBe(`1000 ${BYTES.length} ${HASH}`);
    expect(await received).toEqual(Buffer.alloc(3_000_000, "x"));
  });

  it("as a server closes with a code of its own", async () => {
    const { line } = run(binary, [...flags, script(server)]);
    const client = await connect(`ws://127.0.0.1:${await line()}/code`);
    const error = await failureOf(bytesOf(client.readable));
    expect(error.cause).toMatchObject({ closeCode: 4321, reason: "out of tea" });
  });

  it("runs both ends of this package, and one over its own WebSocket", async () => {
    await promisify(execFile)(binary, [...flags, script("round-trip.ts")]);
  });
});

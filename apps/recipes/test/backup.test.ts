import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it, onTestFinished } from "vitest";
import { backup } from "../src/backup.ts";
import { runRecipe } from "./recipe.ts";

const { at } = temporaryFolder();

/** A second machine. `received` is what it has got, and how that ended. */
async function standby(onData: () => void = () => {}): Promise<{
  port: number;
  received: Promise<{ bytes: Buffer; end: string }>;
}> {
  const { promise: received, resolve } = Promise.withResolvers<{ bytes: Buffer; end: string }>();
  const server = createServer((socket) => {
    const chunks: Buffer[] = [];
    const ended = (end: string): void => resolve({ bytes: Buffer.concat(chunks), end });
    socket.on("data", (chunk) => chunks.push(chunk)).once("data", onData);
    socket.on("end", () => ended("end")).on("error", (error) => ended(String(error)));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, received };
}

const host = "127.0.0.1";
const LINES = ["seq", "1", "300000"];
const text = execFileSync("seq", ["1", "300000"], { maxBuffer: 1 << 24 }).toString();

it("gives both the same bytes, for zstd to decode, and tells their digest", async () => {
  const { port, received } = await standby();
  const digest = await backup(LINES, { path: at("db.zst"), host, port });
  const { bytes, end } = await received;
  expect(end).toBe("end");
  expect(bytes.equals(await readFile(at("db.zst")))).toBe(true);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(digest);
  expect(execFileSync("zstd", ["-dc", at("db.zst")], { maxBuffer: 1 << 24 }).toString()).toBe(text);
});

it.each([
  ["fails after it wrote something", ["sh", "-c", "seq 1 100000; exit 3"], "ended with 3"],
  ["is killed", ["sh", "-c", "seq 1 100000; kill -9 $$"], "ended with SIGKILL"],
  ["does not exist", ["no-such-command"], "ENOENT"],
])("keeps the old backup when the command %s", async (_name, command, message) => {
  await writeFile(at("db.zst"), "old");
  const { port, received } = await standby();
  await expect(backup(command, { path: at("db.zst"), host, port })).rejects.toThrow(message);
  expect((await received).end).toContain("ECONNRESET");
  expect(await readFile(at("db.zst"), "utf8")).toBe("old");
  expect(await readdir(at("."))).toEqual(["db.zst"]);
});

it("keeps the old backup, and ends the command, when the second machine goes away", async () => {
  await writeFile(at("db.zst"), "old");
  const server = createServer((socket) => {
    socket.on("error", () => {}).once("data", () => socket.resetAndDestroy());
  }).listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(backup(["yes"], { path: at("db.zst"), host, port })).rejects.toMatchObject({
    code: expect.stringMatching(/^ERR_AW_(CONNECTION_RESET|BROKEN_PIPE)$/),
  });
  expect(await readFile(at("db.zst"), "utf8")).toBe("old");
});

it("keeps the old backup when the signal fires", async () => {
  await writeFile(at("db.zst"), "old");
  const stop = new AbortController();
  const { port, received } = await standby(() => stop.abort());
  const command = ["sh", "-c", "seq 1 300000; exec sleep 1000"];
  const { signal } = stop;
  await expect(backup(command, { path: at("db.zst"), host, port, signal })).rejects.toMatchObject({
    name: "AbortError",
  });
  expect((await received).end).toContain("ECONNRESET");
  expect(await readFile(at("db.zst"), "utf8")).toBe("old");
});

it("runs as a command, with socat as the second machine", async () => {
  const copy = spawn("socat", [
    "-u",
    "-d",
    "-d",
    "TCP-LISTEN:0,bind=127.0.0.1",
    `CREATE:${at("b")}`,
  ]);
  onTestFinished(() => void copy.kill("SIGKILL"));
  const exited = once(copy, "exit");
  let log = "";
  for await (const chunk of copy.stderr) {
    log += String(chunk);
    if (/listening on/.test(log)) break;
  }
  const port = /listening on .*:(\d+)/.exec(log)?.[1] ?? "";
  const { status, output, errors } = await runRecipe("backup", at("a"), host, port, ...LINES).end();
  expect({ status, errors }).toEqual({ status: 0, errors: "" });
  await exited;
  for (const name of ["a", "b"]) {
    const digest = createHash("sha256")
      .update(await readFile(at(name)))
      .digest("hex");
    expect(`${digest}\n`).toBe(output);
  }
});

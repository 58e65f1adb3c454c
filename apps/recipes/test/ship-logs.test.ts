import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { connect as connectSocket, createServer, type AddressInfo } from "node:net";
import { connect as connectTls } from "node:tls";
import { gzipSync } from "node:zlib";
import type { TlsListener } from "@aw/tls";
import { selfSigned } from "@aw/testing";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { receiveLogs, type ReceiveOptions } from "../src/receive-logs.ts";
import { shipLogs } from "../src/ship-logs.ts";
import { runRecipe } from "./recipe.ts";

const { at } = temporaryFolder();
const { key, cert } = await selfSigned("localhost");

/** A log server until it is stopped. */
async function serve(
  path: string,
  options: Partial<ReceiveOptions> = {},
): Promise<{ port: number; listener: TlsListener; received: Promise<void> }> {
  const { promise, resolve } = Promise.withResolvers<TlsListener>();
  const received = receiveLogs(path, {
    key,
    cert,
    onListening: resolve,
    onError: () => {},
    ...options,
  });
  const listener = await Promise.race([promise, received.then(() => Promise.reject(new Error()))]);
  return { port: (listener.address as AddressInfo).port, listener, received };
}

async function* numbered(count: number): AsyncGenerator<string> {
  for (let index = 0; index < count; index++) yield `line ${index}`;
}

const expected = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `line ${index}`);

const to = (port: number): Parameters<typeof shipLogs>[1] => ({
  host: "localhost",
  port,
  tls: { ca: cert },
  retryAfter: 1,
});

it("has every line once on the server's disk when it resolves", async () => {
  const { port, listener, received } = await serve(at("all.log"));
  await shipLogs(numbered(20_000), { ...to(port), maxUnacknowledged: 1000 });
  expect(await readFile(at("all.log"), "utf8")).toBe(`${expected(20_000).join("\n")}\n`);
  await listener.close();
  await received;
});

it("loses no line when connections are cut again and again, and keeps their order", async () => {
  const { port, listener, received } = await serve(at("all.log"));
  // Cuts each connection after some more bytes than the one before: in handshakes, too.
  let connections = 0;
  const cutter = createServer({ allowHalfOpen: true }, (client) => {
    const server = connectSocket({ port, host: "127.0.0.1", allowHalfOpen: true });
    let left = 700 * ++connections;
    client.on("data", (chunk) => {
      left -= chunk.length;
      server.write(chunk);
      if (left > 0) return;
      client.resetAndDestroy();
      server.resetAndDestroy();
    });
    server.on("data", (chunk) => client.write(chunk));
    client.on("end", () => server.end());
    server.on("end", () => client.end());
    for (const socket of [client, server]) socket.on("error", () => {});
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  }).listen(0, "127.0.0.1");
  await once(cutter, "listening");

  let retries = 0;
  const onRetry = (): void => void retries++;
  const through = (cutter.address() as AddressInfo).port;
  await shipLogs(numbered(20_000), { ...to(through), onRetry });
  expect(retries).toBeGreaterThan(3);
  const lines = (await readFile(at("all.log"), "utf8")).trimEnd().split("\n");
  expect([...new Set(lines)]).toEqual(expected(20_000));
  cutter.close();
  await listener.close();
  await received;
});

it("goes on with a server that was restarted while the source was silent", async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  async function* source(): AsyncGenerator<string> {
    yield "before";
    await gate;
    yield "after";
  }
  const first = await serve(at("first.log"));
  const { promise: retried, resolve: onRetry } = Promise.withResolvers<unknown>();
  const shipping = shipLogs(source(), { ...to(first.port), onRetry });
  while ((await readFile(at("first.log"), "utf8")) === "");
  first.listener.abort();
  await first.received;
  await retried;
  const second = await serve(at("second.log"), { port: first.port });
  open();
  await shipping;
  // Its acknowledgement may have been lost with the connection.
  expect(await readFile(at("second.log"), "utf8")).toMatch(/^(before\n)?after\n$/);
  await second.listener.close();
  await second.received;
});

it("ends when its signal fires, and when its source fails", async () => {
  const { port, listener, received } = await serve(at("all.log"));
  const controller = new AbortController();
  const failure = new Error("no more");
  async function* abortsThenWaits(): AsyncGenerator<string> {
    yield "line";
    controller.abort(failure);
    await new Promise(() => {});
  }
  async function* fails(): AsyncGenerator<string> {
    yield "line";
    throw failure;
  }
  const { signal } = controller;
  await expect(shipLogs(abortsThenWaits(), { ...to(port), signal })).rejects.toBe(failure);
  await expect(shipLogs(fails(), to(port))).rejects.toBe(failure);
  await listener.close();
  await received;
});

it("cuts off who sends garbage, a bomb, an endless line or half a line, and goes on", async () => {
  const { port, listener, received } = await serve(at("all.log"));
  const bad = [
    Buffer.from("this is no gzip"),
    gzipSync(Buffer.alloc(100 << 20, `${" ".repeat(999)}\n`)),
    gzipSync("x".repeat(2 << 20)),
    gzipSync("half a line"),
  ];
  for (const body of bad) {
    const socket = connectTls({ port, host: "localhost", ca: cert });
    socket.on("error", () => {});
    socket.end(body);
    await new Promise((resolve) => socket.resume().on("close", resolve));
  }
  await shipLogs(numbered(3), to(port));
  const lines = (await readFile(at("all.log"), "utf8"))
    .split("\n")
    .filter((line) => line.trim() !== "");
  expect(lines).toEqual(expected(3));
  await listener.close();
  await received;
});

it("acknowledges what gzip and openssl send", async () => {
  const { port, listener, received } = await serve(at("all.log"));
  await writeFile(at("cert.pem"), cert);
  const client = [
    "s_client",
    "-quiet",
    "-no_ign_eof",
    "-verify_return_error",
    "-CAfile",
    at("cert.pem"),
  ];
  const target = ["-connect", `localhost:${port}`, "-servername", "localhost"];
  const openssl = spawn("openssl", [...client, ...target], { stdio: ["pipe", "pipe", "ignore"] });
  openssl.stdin.write(gzipSync("one\ntwo\nthree\n"));
  let acknowledged = "";
  for await (const chunk of openssl.stdout) {
    acknowledged += String(chunk);
    if (acknowledged.endsWith("3\n")) openssl.stdin.end();
  }
  expect(acknowledged).toMatch(/^(\d\n)*3\n$/);
  expect(await readFile(at("all.log"), "utf8")).toBe("one\ntwo\nthree\n");
  listener.abort();
  await received;
});

it("acknowledges nothing that is not on the disk, and rejects", async () => {
  const { port, received } = await serve("/dev/full");
  const controller = new AbortController();
  const shipping = shipLogs(numbered(3), { ...to(port), ...controller, signal: controller.signal });
  await expect(received).rejects.toMatchObject({ code: "ERR_AW_NO_SPACE" });
  controller.abort(new Error("given up"));
  await expect(shipping).rejects.toThrow("given up");
});

it("runs as two commands", async () => {
  await writeFile(at("cert.pem"), cert);
  await writeFile(at("key.pem"), key);
  const server = runRecipe("receive-logs", at("all.log"), at("cert.pem"), at("key.pem"), "0");
  const [greeting] = (await once(server.stdout, "data")) as [Buffer];
  const port = /:(\d+)\s*$/.exec(String(greeting))?.[1] ?? "";
  process.env["NODE_EXTRA_CA_CERTS"] = at("cert.pem");
  const client = runRecipe("ship-logs", "localhost", port);
  delete process.env["NODE_EXTRA_CA_CERTS"];
  client.stdin.end(`${expected(1000).join("\n")}\n`);
  expect(await client.end()).toEqual({ status: 0, output: "", errors: "" });
  expect(await readFile(at("all.log"), "utf8")).toBe(`${expected(1000).join("\n")}\n`);
});

it("rejects with the reason of its signal also while it waits to try again", async () => {
  const { port, received } = await serve("/dev/full");
  const controller = new AbortController();
  const onRetry = (): void => void setImmediate(() => controller.abort(new Error("given up")));
  const shipping = shipLogs(numbered(3), { ...to(port), signal: controller.signal, onRetry });
  await Promise.all([
    expect(received).rejects.toMatchObject({ code: "ERR_AW_NO_SPACE" }),
    expect(shipping).rejects.toThrow("given up"),
  ]);
});

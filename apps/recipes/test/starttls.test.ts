import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect as connectSocket, createServer, type AddressInfo } from "node:net";
import { framed, lines } from "@aw/core";
import { listen } from "@aw/tcp";
import { selfSigned } from "@aw/testing";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it, onTestFinished } from "vitest";
import { answered, connectSecurely, serveSecurely } from "../src/starttls.ts";
import { runRecipe } from "./recipe.ts";

const { at } = temporaryFolder();
const { cert, key } = await selfSigned("localhost");
const trust = { servername: "localhost", ca: cert };

async function serving(): Promise<{ port: number; errors: unknown[] }> {
  const errors: unknown[] = [];
  const listener = await listen();
  const served = serveSecurely(listener, { cert, key }, (error) => errors.push(error));
  onTestFinished(async () => {
    listener.abort();
    await served;
  });
  return { port: (listener.address as AddressInfo).port, errors };
}

/** What a plain socket hears until its end. */
async function heard(port: number, text: string): Promise<string> {
  const socket = connectSocket(port, "127.0.0.1");
  let all = "";
  socket.on("error", () => {}).on("data", (chunk) => (all += String(chunk)));
  socket.write(text);
  await new Promise((resolve) => socket.on("close", resolve));
  return all;
}

it("goes on over TLS where it was in the clear", async () => {
  const { port, errors } = await serving();
  const connection = await connectSecurely({ port }, trust);
  const out = framed(connection, lines({ newline: "\r\n" }));
  await out.send("EHLO me");
  expect(await answered(connection, "250")).toEqual(["localhost"]); // no STARTTLS a second time
  await out.send("MAIL FROM:<a@example.com>");
  expect(await answered(connection, "250")).toEqual(["MAIL FROM:<a@example.com>"]);
  await out.send("QUIT");
  await answered(connection, "221");
  await connection.close();
  expect(await connection.reader.read()).toBe(undefined);
  expect(errors).toEqual([]);
});

it("does nothing in the clear but to offer TLS", async () => {
  const { port } = await serving();
  expect(await heard(port, "MAIL FROM:<a@example.com>\r\nQUIT\r\n")).toBe(
    "220 localhost\r\n530 STARTTLS first\r\n221 bye\r\n",
  );
});

it("takes no command that was slipped in behind STARTTLS", async () => {
  const { port, errors } = await serving();
  const all = await heard(port, "STARTTLS\r\nMAIL FROM:<evil@example.com>\r\n");
  expect(all.startsWith("220 localhost\r\n220 go ahead\r\n")).toBe(true);
  expect(all).not.toContain("250");
  expect(errors).toMatchObject([{ code: "ERR_AW_TLS" }]);
});

it("takes no answer that was slipped in behind that to STARTTLS", async () => {
  const server = createServer((socket) => {
    socket
      .on("error", () => {})
      .once("data", () => {
        socket.write("250 STARTTLS\r\n");
        socket.once("data", () => socket.write("220 go ahead\r\n250 injected\r\n"));
      });
    socket.write("220 localhost\r\n");
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(connectSecurely({ host: "127.0.0.1", port }, trust)).rejects.toMatchObject({
    code: "ERR_AW_TLS",
  });
});

it("gives up on a server that will not", async () => {
  const server = createServer((socket) => socket.on("error", () => {}).end("554 no\r\n"));
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(connectSecurely({ host: "127.0.0.1", port }, trust)).rejects.toThrow("554 no");
});

it("talks to openssl", async () => {
  const { port } = await serving();
  await writeFile(at("cert.pem"), cert);
  const args = ["-quiet", "-starttls", "smtp", "-verify_return_error", "-CAfile", at("cert.pem")];
  const openssl = spawn("openssl", ["s_client", "-connect", `localhost:${port}`, ...args], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  openssl.stdin.write("HELP me\r\nQUIT\r\n");
  let all = "";
  for await (const chunk of openssl.stdout) all += String(chunk);
  expect(all).toContain("250 HELP me\r\n221 bye\r\n");
});

it("runs as two commands", async () => {
  await writeFile(at("cert.pem"), cert);
  await writeFile(at("key.pem"), key);
  const server = runRecipe("starttls", "serve", "0", at("cert.pem"), at("key.pem"));
  const [greeting] = (await once(server.stdout, "data")) as [Buffer];
  const port = /:(\d+)\s*$/.exec(String(greeting))?.[1] ?? "";
  const client = runRecipe("starttls", "localhost", port, at("cert.pem"));
  expect(await client.end()).toEqual({ status: 0, output: "[ 'localhost' ]\n", errors: "" });
});

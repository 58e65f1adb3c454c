import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from "node:net";
import { copy, memory, type Connection } from "@aw/core";
import { selfSigned } from "@aw/testing";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it, onTestFinished } from "vitest";
import { connectThrough, serveTunnel } from "../src/tls-over-websocket.ts";
import { runRecipe } from "./recipe.ts";

const { at } = temporaryFolder();
const credentials = await selfSigned("localhost");
const options = { servername: "localhost", ca: credentials.cert };

/** An HTTP server with a tunnel, behind a machine that notes what passes and can cut it. */
async function serve(
  handle: (connection: Connection) => Promise<void>,
): Promise<{ url: string; seen: Buffer[]; errors: unknown[]; cut: () => void }> {
  const http = createHttpServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  const errors: unknown[] = [];
  const listener = serveTunnel(http, credentials, handle, (error) => errors.push(error));
  const seen: Buffer[] = [];
  const sockets: Socket[] = [];
  const between = createServer((client) => {
    const server = connectSocket((http.address() as AddressInfo).port, "127.0.0.1");
    sockets.push(client, server);
    for (const socket of [client, server]) socket.on("error", () => {});
    client.on("data", (chunk) => seen.push(chunk)).pipe(server);
    server.on("data", (chunk) => seen.push(chunk)).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(between, "listening");
  onTestFinished(() => {
    listener.abort();
    for (const server of [http, between]) server.close();
  });
  const url = `ws://127.0.0.1:${(between.address() as AddressInfo).port}/tunnel`;
  return { url, seen, errors, cut: () => sockets.forEach((socket) => socket.destroy()) };
}

async function shout(connection: Connection): Promise<void> {
  await using peer = connection;
  const said = memory();
  await copy(peer.readable, said);
  await peer.writeAll(said.text().toUpperCase());
  await peer.close();
}

it("carries a question to its end, and then the answer; who is between reads neither", async () => {
  const { url, seen } = await serve(shout);
  await using peer = await connectThrough(url, options);
  await peer.writeAll("a secret");
  await peer.close();
  expect(await new Response(peer.readable).text()).toBe("A SECRET");
  expect(Buffer.concat(seen).toString("latin1")).toContain("GET /tunnel HTTP/1.1");
  expect(Buffer.concat(seen).toString("latin1")).not.toContain("A SECRET");
});

it("tells a cut from an end", async () => {
  const { url, cut } = await serve(async (peer) => {
    await peer.writeAll("the first half");
    await peer.flush();
  });
  await using peer = await connectThrough(url, options);
  const reader = peer.readable.getReader();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("the first half");
  cut();
  await expect(reader.read()).rejects.toMatchObject({
    code: expect.stringMatching(/^ERR_AW_(TRUNCATED|CONNECTION_RESET)$/),
  });
});

it("trusts the certificate of the far end alone", async () => {
  const { url, errors } = await serve(shout);
  const other = { servername: "localhost", ca: (await selfSigned("localhost")).cert };
  await expect(connectThrough(url, other)).rejects.toMatchObject({ code: "ERR_AW_TLS" });
  await using peer = await connectThrough(url, options);
  await peer.close();
  expect(await new Response(peer.readable).text()).toBe("");
  expect(errors).toHaveLength(1);
});

it("runs as two commands", async () => {
  await writeFile(at("cert.pem"), credentials.cert);
  await writeFile(at("key.pem"), credentials.key);
  const files = [at("cert.pem"), at("key.pem")];
  const server = runRecipe("tls-over-websocket", "serve", "0", ...files);
  const [greeting] = (await once(server.stdout, "data")) as [Buffer];
  const url = /ws:\S+/.exec(String(greeting))?.[0] ?? "";
  const client = runRecipe("tls-over-websocket", url, "localhost", ...files);
  client.stdin.end("hello\n");
  expect(await client.end()).toEqual({ status: 0, output: "hello\n", errors: "" });
});

import { getEventListeners, once } from "node:events";
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import type { AsyncWriteError } from "@aw/core";
import { openResources, settled } from "@aw/testing";
import { connect } from "@aw/websocket";
import { expect, it } from "vitest";
import { listenSecurely } from "../../src/ends/listen-securely.ts";
import { certificate } from "../certificate.ts";
import { temporaryFolder } from "@aw/testing/vitest";

const folder = temporaryFolder();

/** Listens with a certificate of localhost. */
async function listening({
  host = "127.0.0.1",
  port = 0,
  path,
  signal = new AbortController().signal,
  onRefused = () => {},
}: {
  host?: string;
  port?: number;
  path?: string;
  signal?: AbortSignal;
  onRefused?: (error: AsyncWriteError) => void;
} = {}) {
  const { cert, key } = await certificate(folder.path);
  const tls = { cert: readFileSync(cert), key: readFileSync(key), requestCert: false };
  return listenSecurely({ host, port, path }, tls, { signal, onRefused });
}

it.each(["127.0.0.1", "localhost"])("an aborted listen on %s leaves no server", async (host) => {
  const before = openResources();
  const reason = new Error("not now");
  const aborted = listening({ host, signal: AbortSignal.abort(reason) });
  await expect(aborted).rejects.toMatchObject({ code: "ERR_AW_CONNECT", cause: { cause: reason } });
  // A name is looked up first; it has been found when a lookup that began later has an answer.
  await lookup(host);
  await new Promise((resolve) => setImmediate(resolve));
  await settled(before);
});

it("a port that is taken is the cause of the failure", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as AddressInfo;
  await expect(listening({ port })).rejects.toMatchObject({
    code: "ERR_AW_CONNECT",
    cause: { code: "EADDRINUSE" },
  });
  taken.close();
});

it("a listener that is closed leaves no server, and forgets the signal", async () => {
  const before = openResources();
  const { signal } = new AbortController();
  const listener = await listening({ signal });
  await listener.close();
  await settled(before);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

it("a signal ends it, and the connections that it has accepted", async () => {
  const before = openResources();
  const stop = new AbortController();
  const listener = await listening({ signal: stop.signal });
  const { port } = listener.address as AddressInfo;
  const tls = { rejectUnauthorized: false };
  const client = await connect(`wss://127.0.0.1:${port}`, { tls });
  const iterator = listener[Symbol.asyncIterator]();
  await iterator.next();
  stop.abort(new Error("enough"));
  await expect(client.reader.text()).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
  expect((await iterator.next()).done).toBe(true);
  await settled(before);
});

it("another path than its own is refused", async () => {
  await using listener = await listening({ path: "/ingest" });
  const { port } = listener.address as AddressInfo;
  const other = connect(`wss://127.0.0.1:${port}/other`, { tls: { rejectUnauthorized: false } });
  await expect(other).rejects.toMatchObject({ code: "ERR_AW_CONNECT" });
});

it("an upgrade that is none is refused, and it says so", async () => {
  const refused: string[] = [];
  const onRefused = ({ code }: AsyncWriteError): void => void refused.push(code);
  await using listener = await listening({ onRefused });
  const { port } = listener.address as AddressInfo;
  const headers = { connection: "upgrade", upgrade: "websocket" };
  const asked = request({ host: "127.0.0.1", port, headers, rejectUnauthorized: false }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.resume();
  expect([response.statusCode, refused]).toEqual([400, ["ERR_AW_CONNECT"]]);
});

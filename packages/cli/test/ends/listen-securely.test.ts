import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { listenSecurely } from "../../src/ends/listen-securely.ts";
import { certificate } from "../certificate.ts";
import { temporaryFolder } from "@aw/testing/vitest";

const folder = temporaryFolder();
const servers = () =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;

it.each(["127.0.0.1", "localhost"])("an aborted listen on %s leaves no server", async (host) => {
  const { cert, key } = await certificate(folder.path);
  const tls = { cert: readFileSync(cert), key: readFileSync(key), requestCert: false };
  const before = servers();
  const context = { signal: AbortSignal.abort(new Error("not now")), onRefused: () => {} };
  const listening = listenSecurely({ host, port: 0, path: undefined }, tls, context);
  await expect(listening).rejects.toMatchObject({ code: "ERR_AW_CONNECT" });
  // A name is looked up first; it has been found when a lookup that began later has an answer.
  await lookup(host);
  await new Promise((resolve) => setImmediate(resolve));
  await expect.poll(servers).toBe(before);
});

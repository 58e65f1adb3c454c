import { writeFile } from "node:fs/promises";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeCertificate } from "../../src/certificate.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { openNats } from "../../src/store/nats/open-nats.ts";
import { runRelay } from "../running-relay.ts";
import { NatsServer } from "./nats-server.ts";

const { at } = temporaryFolder();
const servers: NatsServer[] = [];

// Before the folder that they are in is removed.
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

beforeEach(async () => {
  await makeFiles("server", "localhost", "127.0.0.1");
});

/** A certificate, its own authority, and its key as files of this name. */
async function makeFiles(name: string, ...names: string[]): Promise<void> {
  const { cert, key } = await makeCertificate(names);
  await writeFile(at(`${name}.pem`), cert);
  await writeFile(at(`${name}.key`), key);
}

async function startServer(...flags: string[]): Promise<NatsServer> {
  const files = [`--tlscert=${at("server.pem")}`, `--tlskey=${at("server.key")}`];
  const server = await NatsServer.start(at("nats"), "--tls", ...files, ...flags);
  servers.push(server);
  return server;
}

/** What opening a store over TLS ends with: its name, or the error. */
async function open({ address }: NatsServer, host: string, ...flags: string[]): Promise<unknown> {
  const url = `nats://${address.replace("127.0.0.1", host)}/uploads`;
  try {
    const store = await openNats(await loadConfig(["--store", url, ...flags]));
    await store.close();
    return String(store);
  } catch (error) {
    return error;
  }
}

const TRUST = (): string[] => ["--upstream.ca", at("server.pem")];

describe("NATS over TLS", () => {
  it("stores uploads, and says nothing of it on standard error", async () => {
    const server = await startServer("--user", "relay", "--pass", "right");
    const store = `nats://relay:right@${server.address}/uploads`;
    const relay = runRelay("uploads", "--store", store, "--log", at("log"), ...TRUST());
    const http = await relay.says(/listening: (http:\S+)/, "stdout");
    const response = await fetch(`${http}/uploads/x`, { method: "PUT", body: "hello" });
    expect(response.status).toBe(201);
    relay.child.kill("SIGTERM");
    expect(await relay.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it.each(["localhost", "127.0.0.1"])("finds %s in the certificate", async (host) => {
    await makeFiles("server", host);
    const server = await startServer();
    expect(await open(server, host, ...TRUST())).toMatch(/^nats:/);
  });

  it.each([
    ["127.0.0.1", "localhost"],
    ["localhost", "127.0.0.1"],
    ["127.0.0.1", "other.example"],
  ])("refuses for %s a certificate for %s", async (host, named) => {
    await makeFiles("server", named);
    const server = await startServer();
    expect(await open(server, host, ...TRUST())).toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringMatching(/call it in the key store as its certificate does$/),
    });
  });

  it("refuses a certificate by an authority that it does not know", async () => {
    const server = await startServer();
    await makeFiles("other", "127.0.0.1");
    for (const flags of [[], ["--upstream.ca", at("other.pem")]]) {
      expect(await open(server, "127.0.0.1", ...flags)).toMatchObject({
        code: "ERR_AW_CONNECT",
        message: expect.stringMatching(/set upstream\.ca to the certificate of its authority$/),
      });
    }
  });

  it.each([["--nats.tls", "true"], ["--upstream.ca"]])(
    "refuses a server without TLS when asked to: %s",
    async (...flags) => {
      const server = await NatsServer.start(at("plain"));
      servers.push(server);
      const asked = flags[0] === "--upstream.ca" ? TRUST() : flags;
      expect(await open(server, "127.0.0.1", ...asked)).toMatchObject({
        code: "ERR_AW_CONNECT",
        message: expect.stringContaining("set nats.tls to false and leave out upstream"),
      });
    },
  );
});

describe("a server that asks for certificates", () => {
  it("takes the one of upstream.cert, and no other", async () => {
    await makeFiles("relay", "relay");
    const server = await startServer("--tlsverify", `--tlscacert=${at("relay.pem")}`);
    const own = ["--upstream.cert", at("relay.pem"), "--upstream.key", at("relay.key")];
    expect(await open(server, "127.0.0.1", ...TRUST(), ...own)).toMatch(/^nats:/);
    expect(await open(server, "127.0.0.1", ...TRUST())).toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringContaining("give one that it trusts in upstream.cert and upstream.key"),
    });
  });
});

describe("files of upstream", () => {
  it.each([
    ["that are not there", ["--upstream.ca", "nowhere.pem"], /^upstream\.ca: ENOENT/],
    ["without a certificate", ["--upstream.ca", "server.key"], /^upstream\.ca: /],
    ["half of a pair", ["--upstream.cert", "server.pem"], /^upstream\.key: cert and key belong/],
    [
      "that do not belong together",
      ["--upstream.cert", "server.pem", "--upstream.key", "other.key"],
      /^upstream\.key: .*mismatch/,
    ],
  ])("%s are a fault of the configuration", async (_what, flags, message) => {
    await makeFiles("other", "other.example");
    const paths = flags.map((flag) => (flag.startsWith("--") ? flag : at(flag)));
    const opening = loadConfig(["--store", "nats://127.0.0.1:1/x", ...paths]).then(openNats);
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(message);
  });
});

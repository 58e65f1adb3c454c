import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@aw/testing/vitest";
import type { Logger } from "pino";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { newUploadId } from "../../src/ingest/upload-id.ts";
import type { NatsStore } from "../../src/store/nats/nats-store.ts";
import { openNats } from "../../src/store/nats/open-nats.ts";
import type { Store } from "../../src/store/store.ts";
import { runRelay } from "../running-relay.ts";
import { Operator } from "./nats-operator.ts";
import { NatsServer } from "./nats-server.ts";

const { at } = temporaryFolder();
const servers: NatsServer[] = [];

// Before the folder that they are in is removed.
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

async function startServer(...flags: string[]): Promise<NatsServer> {
  const server = await NatsServer.start(at("nats"), ...flags);
  servers.push(server);
  return server;
}

/** A server with a configuration of its own. */
async function startConfigured(text: string): Promise<NatsServer> {
  await writeFile(at("nats.conf"), text);
  return await startServer("-c", at("nats.conf"));
}

function urlOf({ address }: NatsServer, login = ""): string {
  return `nats://${login}${address}/uploads`;
}

async function open(url: string, flags: string[] = [], log?: Logger): Promise<NatsStore> {
  const store = await openNats(await loadConfig(["--store", url, ...flags]), log);
  onTestFinished(() => store.close());
  return store;
}

async function put(store: Store): Promise<void> {
  const id = newUploadId();
  const slot = await store.create({ id, name: "x" });
  await slot.writer.writeAll("hello");
  await slot.writer.close();
  const sha256 = createHash("sha256").update("hello").digest("hex");
  const fixed = { encoding: "identity", route: "tcp", storedAt: 1, durationMs: 1 } as const;
  await slot.commit({ id, name: "x", bytes: 5, sha256, ...fixed });
  expect(await store.find(id)).toMatchObject({ sha256 });
}

/** What is said of a login that a server does not take. */
function refused(server: NatsServer): string {
  return (
    `store: ${urlOf(server)} can't be used: Authorization Violation; ` +
    "give a login that it knows: user:password@ or token@ in the key store, or a file in nats.credentials"
  );
}

/** Waits for it, as long as the test may take. */
async function eventually(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve));
}

describe("a login of NATS", () => {
  const user = ["--user", "relay", "--pass", "right p@ss"];
  const token = ["--auth", "right-token"];

  it.each([
    ["a user and a password", user, `relay:${encodeURIComponent("right p@ss")}@`],
    ["a token", token, "right-token@"],
  ])("is %s in the URL, and the name of the store is without it", async (_what, flags, login) => {
    const server = await startServer(...flags);
    const store = await open(urlOf(server, login));
    await put(store);
    expect(String(store)).toBe(urlOf(server));
  });

  it.each([
    ["none", user, ""],
    ["a wrong password", user, "relay:wr0ng@"],
    ["a wrong token", token, "wr0ng@"],
    ["a password where a token is wanted", token, "relay:wr0ng@"],
  ])("is refused at the start: %s", async (_what, flags, login) => {
    const server = await startServer(...flags);
    await expect(open(urlOf(server, login))).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: refused(server),
    });
  });

  it("that is refused while the relay runs refuses uploads, and is tried until it is taken", async () => {
    const server = await startServer(...user);
    const warn = vi.fn<() => void>();
    const error = vi.fn<(fields: object, text: string) => void>();
    const log = { warn, error } as unknown as Logger;
    const login = `relay:${encodeURIComponent("right p@ss")}@`;
    const store = await open(urlOf(server, login), ["--nats.retrySeconds", "0.3"], log);
    await put(store);
    await server.kill();
    await server.restart("--pass", "another");
    await server.running.says(/(authentication error[^]*){3}/);
    await expect(put(store)).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringContaining("no server takes the login: "),
    });
    expect(error).toHaveBeenCalled();
    expect(JSON.stringify([...error.mock.calls, ...warn.mock.calls])).not.toContain("right");
    await server.kill();
    await server.restart();
    await eventually(() => store.figures.isConnected);
    await put(store);
  });
});

describe("a file of credentials", () => {
  it("is a login", async () => {
    const operator = new Operator();
    const server = await startConfigured(operator.configuration);
    await writeFile(at("relay.creds"), operator.makeUser().file);
    const store = await open(urlOf(server), ["--nats.credentials", at("relay.creds")]);
    await put(store);
  });

  it("of another operator is refused, and its secret stands in no message", async () => {
    const server = await startConfigured(new Operator().configuration);
    const { file, seed } = new Operator().makeUser();
    await writeFile(at("relay.creds"), file);
    const flags = ["--store", urlOf(server), "--nats.credentials", at("relay.creds")];
    const { code, stderr } = await runRelay("uploads", ...flags).ended;
    expect(code).toBe(1);
    expect(stderr).toBe(`ERR_AW_CONNECT: ${refused(server)}\n`);
    expect(stderr).not.toContain(seed);
  });

  it.each([
    ["that is not there", undefined, /^nats\.credentials: ENOENT/],
    [
      "without a JWT",
      "SUASECRET\n",
      /^nats\.credentials: .*relay\.creds is no file of credentials/,
    ],
    ["with a seed that is none", "seed", /^nats\.credentials: .*relay\.creds is no file/],
  ])("%s is a fault of the configuration", async (_what, content, message) => {
    const { file, seed } = new Operator().makeUser();
    const text = content === "seed" ? file.replace(seed, "SUASECRET") : content;
    if (text !== undefined) await writeFile(at("relay.creds"), text);
    const opening = open("nats://127.0.0.1:1/x", ["--nats.credentials", at("relay.creds")]);
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.not.toThrow(/SECRET/);
  });

  it("and a login in the URL are one too many", async () => {
    const flags = ["--store", "nats://u:secret@h/x", "--nats.credentials", "some.creds"];
    await expect(loadConfig(flags)).rejects.toThrow(
      /^nats\.credentials: the key store has a login/,
    );
  });
});

describe("the user of a login", () => {
  /** What README.md lists: the subjects to publish on. */
  async function listed(): Promise<string[]> {
    const readme = await readFile(join(import.meta.dirname, "../../README.md"), "utf8");
    const [, publish = "", subscribe = ""] = /publish:([^]*?)subscribe:(.*)/.exec(readme) ?? [];
    expect(subscribe.trim()).toBe("_INBOX.>");
    return publish.trim().split(/\s+/);
  }

  async function startGranting(publish: readonly string[]): Promise<NatsServer> {
    const permissions = `publish: ${JSON.stringify(publish)}, subscribe: ["_INBOX.>"]`;
    const user = `user: relay, password: right, permissions: { ${permissions} }`;
    return await startConfigured(`authorization { users = [ { ${user} } ] }`);
  }

  it("needs no more than README.md lists", async () => {
    const server = await startGranting(await listed());
    const store = await open(urlOf(server, "relay:right@"));
    await put(store);
    const slot = await store.create({ id: newUploadId(), name: "x" });
    await slot.writer.writeAll("hello");
    await slot.writer.flush();
    slot.writer.abort(new Error("enough"));
    await slot.discard();
    expect(await store.list(10)).toHaveLength(1);
  });

  it("who may do nothing is refused at the start", async () => {
    const server = await startGranting(["x"]);
    await expect(open(urlOf(server, "relay:right@"))).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringMatching(/Permissions Violation .*; grant its user what .* lists$/),
    });
  });

  it("who may not publish uploads has them refused at once", async () => {
    const server = await startGranting(
      (await listed()).filter((subject) => !subject.startsWith("$O.")),
    );
    const store = await open(urlOf(server, "relay:right@"));
    await expect(put(store)).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringMatching(
        /Permissions Violation .*; grant its user what the relay needs/,
      ),
    });
    expect(store.figures.retries).toBe(0);
  });
});

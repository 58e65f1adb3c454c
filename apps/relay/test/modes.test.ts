import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { Authority, Running } from "@aw/testing";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it, onTestFinished } from "vitest";
import { Signals } from "../src/command/signals.ts";
import { ConfigError } from "../src/config/config-error.ts";
import { loadConfig } from "../src/config/load-config.ts";
import { openStore } from "../src/store/open-store.ts";
import { proxy } from "../src/modes/proxy.ts";
import { freePorts } from "./free-ports.ts";
import { runRelay } from "./running-relay.ts";

const { at } = temporaryFolder();
const CERTIFICATE = /-----BEGIN[^]*END CERTIFICATE-----/;
const HALF_OPEN = { allowHalfOpen: true };
const SHIP_LOGS = join(import.meta.dirname, "../../recipes/src/ship-logs.ts");

describe("uploads", () => {
  it("stops at SIGTERM when what is under way is stored, with status 0", async () => {
    const relay = runRelay("uploads", "--store", at("data"), "--log", at("log"));
    const port = Number(await relay.says(/tcp:\/\/127\.0\.0\.1:(\d+)/, "stdout"));
    const http = await relay.says(/listening: (http:\S+)/, "stdout");
    await relay.says(/storing/, "stdout");
    const upload = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    upload.write("the first half, ");
    while (!(await (await fetch(`${http}/metrics`)).text()).includes("relay_uploads_open 1"));
    relay.child.kill("SIGTERM");
    while (await accepts(port));
    upload.end("the second half");
    const receipt = JSON.parse(await textOf(upload)) as { id: string };
    expect(receipt).toMatchObject({ bytes: 31 });
    expect(await relay.ended).toMatchObject({ code: 0, signal: null, stderr: "" });
    const stored = await readFile(join(at("data"), "uploads", `${receipt.id}-tcp`), "utf8");
    expect(stored).toBe("the first half, the second half");
    const log = (await readFile(at("log"), "utf8")).trimEnd().split("\n");
    const messages = log.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toContain("stored");
    expect(messages.at(-1)).toBe("stopped");
  });

  it("refuses what is under way at its deadline, and keeps nothing of it", async () => {
    const args = ["--store", at("data"), "--log", at("log"), "--stopSeconds", "0.2"];
    const relay = runRelay("uploads", ...args);
    const port = Number(await relay.says(/tcp:\/\/127\.0\.0\.1:(\d+)/, "stdout"));
    await relay.says(/storing/, "stdout");
    const upload = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    upload.on("error", () => {}); // it is cut off
    let answer = "";
    upload.on("data", (data) => (answer += String(data)));
    upload.write("the first half");
    while ((await readdir(at("data/uploads"))).length === 0);
    relay.child.kill("SIGTERM");
    expect(await relay.ended).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(answer)).toMatchObject({ error: "ERR_AW_ABORTED" });
    expect(await readdir(at("data/uploads"))).toEqual([]);
  });

  it("wants a client's certificate over TLS where it is told to", async () => {
    const authority = await Authority.create();
    const server = await authority.issue("server", ["localhost"]);
    const client = await authority.issue("client", ["sender"]);
    await writeFile(at("ca.pem"), authority.ca);
    await writeFile(at("cert.pem"), server.cert);
    await writeFile(at("key.pem"), server.key);
    const config = {
      listen: { tcp: false, http: false },
      store: at("data"),
      tls: { cert: at("cert.pem"), key: at("key.pem"), clientCa: at("ca.pem") },
    };
    await writeFile(at("relay.json"), JSON.stringify(config));
    const relay = runRelay("uploads", "--config", at("relay.json"));
    const port = Number(await relay.says(/tls:\/\/127\.0\.0\.1:(\d+)/, "stdout"));
    const common = {
      port,
      host: "127.0.0.1",
      servername: "localhost",
      ca: authority.ca,
      ...HALF_OPEN,
    };
    const stranger = connectTls({ ...common });
    stranger.end("from nobody");
    await expect(textOf(stranger)).rejects.toThrow();
    const known = connectTls({ ...common, ...client });
    known.end("from a sender");
    expect(JSON.parse(await textOf(known))).toMatchObject({ bytes: 13 });
    relay.child.kill("SIGTERM");
    expect((await relay.ended).code).toBe(0);
  });

  it("forwards to a second relay, and acknowledges what both have", async () => {
    const second = runRelay("uploads", "--store", at("there"), "--log", at("log2"));
    const upstream = await second.says(/tls:\/\/127\.0\.0\.1:\d+/, "stdout");
    await writeFile(at("ca.pem"), await second.says(CERTIFICATE, "stdout"));
    const to = ["--forward", upstream, "--upstream.ca", at("ca.pem")];
    const first = runRelay("uploads", "--store", at("here"), "--log", at("log"), ...to);
    const http = await first.says(/http:\S+/, "stdout");
    const put = (): Promise<Response> =>
      fetch(`${http}/uploads/x`, { method: "PUT", body: "for both" });
    const receipt = (await (await put()).json()) as { id: string };
    expect(await readFile(at(`here/uploads/${receipt.id}-x`), "utf8")).toBe("for both");
    const [there = ""] = await readdir(at("there/uploads"));
    expect(await readFile(at(`there/uploads/${there}`), "utf8")).toBe("for both");
    second.child.kill("SIGTERM");
    expect(await second.ended).toMatchObject({ code: 0, stderr: "" });
    const refused = await put();
    expect(refused.status).toBe(502);
    expect(await refused.json()).toMatchObject({ error: "ERR_AW_CONNECT" });
    expect(await readdir(at("here/uploads"))).toHaveLength(1);
    first.child.kill("SIGTERM");
    expect(await first.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    ["--store", "ftp://example"],
    ["--forward", "/folder"],
    ["--forward", "tls://host"],
  ])("refuses %s %s", async (flag, value) => {
    const config = await loadConfig([flag, value]);
    await expect(openStore(config)).rejects.toThrow(ConfigError);
  });

  it("says at once that its store can't be reached, with status 1", async () => {
    const store = `nats://user:secret@127.0.0.1:${(await freePorts(1))[0]}/uploads`;
    const { code, stderr } = await runRelay("uploads", "--store", store).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^ERR_AW_CONNECT: store: nats:\/\/127\.0\.0\.1:\d+\/uploads .*key store\n$/,
    );
  });

  it("says which key is wrong, with status 2", async () => {
    const { code, stderr } = await runRelay("uploads", "--limits.maxBytes=-1").ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^limits\.maxBytes: /);
  });
});

describe("logs", () => {
  it("acknowledges to the recipe's client what is on the disk, over many files", async () => {
    const server = runRelay("logs", at("all.log"), "--max-bytes", "20000");
    const port = await server.says(/127\.0\.0\.1:(\d+)/, "stdout");
    await writeFile(at("cert.pem"), await server.says(CERTIFICATE, "stdout"));
    const args = ["--conditions=@aw/source", SHIP_LOGS, "localhost", port];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: at("cert.pem") };
    const client = new Running(process.execPath, args, { env });
    const lines = Array.from({ length: 5000 }, (_, n) => `line ${n}`);
    client.stdin.end(`${lines.join("\n")}\n`);
    expect(await client.ended).toMatchObject({ code: 0, stderr: "" });
    server.child.kill("SIGTERM");
    expect(await server.ended).toMatchObject({ code: 0, stderr: "" });

    const names = (await readdir(at("."))).filter((name) => name.startsWith("all.log."));
    expect(names.every((name) => name.endsWith(".zst"))).toBe(true);
    const numbers = names.map((name) => Number(name.split(".")[2])).toSorted((a, b) => b - a);
    expect(numbers.length).toBeGreaterThan(1);
    let stored = "";
    for (const number of numbers) {
      const zstd = spawn("zstd", ["-dc", at(`all.log.${number}.zst`)]);
      for await (const chunk of zstd.stdout) stored += String(chunk);
    }
    stored += await readFile(at("all.log"), "utf8");
    expect(stored.trimEnd().split("\n")).toEqual(lines);
  });
});

describe("proxy", () => {
  it("passes both directions on, each up to its own end", async () => {
    const target = createServer({ allowHalfOpen: true }, (socket) => {
      void textOf(socket).then((text) => socket.end(text.toUpperCase()));
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void target.close());
    await once(target, "listening");
    const { port } = target.address() as AddressInfo;
    const running = runRelay("proxy", `127.0.0.1:${port}`);
    const through = Number(await running.says(/127\.0\.0\.1:(\d+)/, "stdout"));
    const socket = connect({ port: through, host: "127.0.0.1", allowHalfOpen: true });
    socket.end("hello");
    expect(await textOf(socket)).toBe("HELLO");
    await running.says(/5 bytes to .*, 5 bytes back/, "stdout");
    running.child.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([[], ["nowhere"], ["host:80", "--port=-1"], ["host:80", "--prot=1"]])(
    "refuses %j",
    async (...args) => {
      using signals = new Signals();
      await expect(proxy(args, signals)).rejects.toThrow(ConfigError);
    },
  );
});

async function textOf(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

/** Whether somebody still listens. */
async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1" });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

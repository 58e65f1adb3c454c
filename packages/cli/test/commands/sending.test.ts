import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it } from "vitest";
import { inProcess } from "../aw.ts";
import { certificate } from "../certificate.ts";

const folder = temporaryFolder();
const read = (name: string) => readFileSync(folder.at(name));
const status = async (...args: string[]) => (await inProcess(args).ended).code;

describe("a file", () => {
  it("that may have been meant to be sent is not overwritten", async () => {
    writeFileSync(folder.at("log"), "precious");
    const { code, stderr } = await inProcess(["send", folder.at("log")]).ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining("no input is named")]);
    expect(String(read("log"))).toBe("precious");
  });

  it("may be replaced by what is made of it, with --atomic", async () => {
    writeFileSync(folder.at("log"), "text");
    const named = `file:${folder.at("log")}`;
    expect(await status("send", named, folder.at("log"), "--append")).toBe(2);
    expect(await status("send", named, folder.at("log"), "--atomic", "--gzip")).toBe(0);
    expect(String(gunzipSync(read("log")))).toBe("text");
  });

  it("in the place of a socket is none that is overwritten", async () => {
    writeFileSync(folder.at("log"), "precious");
    const args = ["send", `unix:${folder.at("log")}`, folder.at("log"), folder.at("log")];
    const { code, stderr } = await inProcess(args).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_CONNECT")]);
  });
});

it("only a command line that makes no sense points to the help", async () => {
  const missing = await inProcess(["pipe", folder.at("none")]).ended;
  expect([missing.code, missing.stderr]).toEqual([1, expect.not.stringContaining("--help")]);
  const senseless = await inProcess(["pipe", "--none"]).ended;
  expect([senseless.code, senseless.stderr]).toEqual([
    2,
    expect.stringContaining("aw pipe --help"),
  ]);
});

describe("--timeout", () => {
  const sockets = new Set<Socket>();
  let server: Server | undefined;

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server?.close();
  });

  it("gives up a peer that takes no more", async () => {
    const stalled = createServer({ pauseOnConnect: true }, (socket) => {
      sockets.add(socket.on("error", () => {}));
    });
    server = stalled;
    await new Promise<void>((resolve) => stalled.listen(0, "127.0.0.1", resolve));
    const where = `tcp://127.0.0.1:${(stalled.address() as AddressInfo).port}`;
    const { code, stderr } = await inProcess(["send", where, "/dev/zero", "--timeout=100ms"]).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_TIMEOUT")]);
  });

  it("leaves the layers as they are", async () => {
    writeFileSync(folder.at("in"), "text");
    const { ended, listening } = inProcess(["recv", "tcp://127.0.0.1:0", "-o", folder.at("out")]);
    const words = ["--gzip", "--timeout=1h"];
    expect(await status("send", await listening(), folder.at("in"), ...words)).toBe(0);
    expect((await ended).code).toBe(0);
    expect(String(gunzipSync(read("out")))).toBe("text");
  });
});

describe("a certificate that nobody vouches for", () => {
  it.each(["tls", "wss"])("is trusted with --insecure alone, over %s", async (scheme) => {
    writeFileSync(folder.at("in"), "text");
    const { cert, key } = await certificate(folder.path);
    const tls = ["--cert", cert, "--key", key];
    const args = ["recv", `${scheme}://127.0.0.1:0`, "-o", folder.at("out"), ...tls];
    const { ended, listening } = inProcess(args);
    const where = await listening();
    const refused = await inProcess(["send", where, folder.at("in")]).ended;
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("ERR_AW_TLS")]);
    expect(await status("send", where, folder.at("in"), "--insecure")).toBe(0);
    expect((await ended).code).toBe(0);
    expect(String(read("out"))).toBe("text");
  });
});

describe("a listener of WebSockets", () => {
  it("takes what comes to its path, and nothing else", async () => {
    writeFileSync(folder.at("in"), "text");
    const { ended, listening } = inProcess(["recv", "ws://127.0.0.1:0/in", "-o", folder.at("out")]);
    const where = await listening();
    expect(await status("send", where.replace("/in", "/other"), folder.at("in"))).toBe(1);
    expect(await status("send", where, folder.at("in"))).toBe(0);
    expect((await ended).code).toBe(0);
  });

  it("takes every path if it has none", async () => {
    writeFileSync(folder.at("in"), "text");
    const { ended, listening } = inProcess(["recv", "ws://127.0.0.1:0", "-o", folder.at("out")]);
    expect(await status("send", `${await listening()}any/path`, folder.at("in"))).toBe(0);
    expect((await ended).code).toBe(0);
    expect(existsSync(folder.at("out"))).toBe(true);
  });
});

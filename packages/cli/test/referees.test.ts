import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Running } from "@aw/testing";
import { run, start } from "./aw.ts";
import { certificate } from "./certificate.ts";
import { temporaryFolder } from "@aw/testing/vitest";

const folder = temporaryFolder();
const TEXT = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join("");

const SERVER = ["s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-alpn", "logs"];

describe("openssl", () => {
  it("s_server gets all that is sent, and a clean end", async () => {
    const { cert, key } = await certificate(folder.path);
    const server = new Running("openssl", [...SERVER, "-cert", cert, "-key", key]);
    const port = await server.says(/ACCEPT 127\.0\.0\.1:(\d+)/, "stdout");
    const options = ["--ca", cert, "--alpn", "metrics,logs", "--servername", "localhost"];
    const sent = await run(["send", `tls://127.0.0.1:${port}`, ...options], TEXT);
    expect(sent).toMatchObject({ code: 0, stderr: "" });
    const { stdout } = await server.ended;
    expect(stdout.includes(TEXT)).toBe(true);
    expect(stdout.toString()).toContain("ALPN protocols selected: logs");
  });

  it("s_client is taken with a certificate, and refused without", async () => {
    const { cert, key } = await certificate(folder.path);
    const tls = ["--cert", cert, "--key", key, "--ca", cert];
    const receiver = start(["recv", "tls://127.0.0.1:0", ...tls]);
    const [, address] = (await receiver.listening()).split("//");
    const client = (...more: string[]): Running => {
      const args = ["s_client", "-connect", address as string, "-quiet", "-no_ign_eof", ...more];
      const running = new Running("openssl", args);
      running.stdin.end(TEXT);
      return running;
    };
    await client().ended;
    expect(await receiver.says(/refused: (\S+):/)).toBe("ERR_AW_TLS");
    await client("-cert", cert, "-key", key).ended;
    const { code, stdout } = await receiver.ended;
    expect([code, stdout.toString() === TEXT]).toEqual([0, true]);
  });

  it("a stranger's certificate is refused, and --insecure takes it", async () => {
    const { cert, key } = await certificate(folder.path);
    const receiver = start(["recv", "tls://127.0.0.1:0", "--cert", cert, "--key", key]);
    const where = await receiver.listening();
    const { code, stderr } = await run(["send", where], TEXT);
    expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_TLS")]);
    expect((await run(["send", where, "--insecure"], TEXT)).code).toBe(0);
    expect((await receiver.ended).stdout.toString() === TEXT).toBe(true);
  });
});

describe("socat", () => {
  it("gets what is sent; what it answers is on standard output", async () => {
    const echo = new Running("socat", ["-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1", "EXEC:cat"]);
    const port = await echo.says(/listening on AF=2 127\.0\.0\.1:(\d+)/);
    const { code, stdout } = await run(["send", `tcp://127.0.0.1:${port}`], TEXT);
    expect([code, stdout.toString() === TEXT]).toEqual([0, true]);
    await echo.ended;
  });

  it("nobody reads the answer: the status is that of SIGPIPE", async () => {
    const echo = new Running("socat", ["-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1", "EXEC:cat"]);
    const port = await echo.says(/listening on AF=2 127\.0\.0\.1:(\d+)/);
    const sender = start(["send", `tcp://127.0.0.1:${port}`]);
    sender.child.stdout?.destroy();
    sender.stdin.write(TEXT);
    expect(await sender.ended).toMatchObject({ code: 141, stderr: "" });
    await echo.ended;
  });

  it("sends to a Unix-domain socket", async () => {
    const receiver = start(["recv", `unix:${folder.at("socket")}`, "--gunzip"]);
    await receiver.listening();
    const { stdout } = await run(["pipe", "--gzip"], TEXT);
    const socat = new Running("socat", ["-u", "-", `UNIX-CONNECT:${folder.at("socket")}`]);
    socat.stdin.end(stdout);
    expect((await socat.ended).code).toBe(0);
    expect((await receiver.ended).stdout.toString() === TEXT).toBe(true);
  });
});

it("Python's websockets gets what is sent, and its answer comes back", async () => {
  const bytes = randomBytes(300_000);
  writeFileSync(folder.at("server.py"), PYTHON_ECHO);
  const server = new Running("/usr/bin/python3", [folder.at("server.py")]);
  const port = await server.says(/port (\d+)/, "stdout");
  const sender = start(["send", `ws://127.0.0.1:${port}/echo`]);
  sender.stdin.write(bytes);
  await sender.answers(bytes.length);
  sender.stdin.end();
  const { code, stdout } = await sender.ended;
  expect([code, stdout.equals(bytes)]).toEqual([0, true]);
  server.child.kill();
  await server.ended;
});

const PYTHON_ECHO = `
import asyncio, websockets

async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)

async def main():
    async with websockets.serve(echo, "127.0.0.1", 0) as server:
        print("port", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()

asyncio.run(main())
`;

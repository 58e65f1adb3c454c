import { createHash, randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Ended } from "@aw/testing";
import { run, start } from "../aw.ts";
import { certificate } from "../certificate.ts";
import { temporaryFolder } from "@aw/testing/vitest";

const folder = temporaryFolder();
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

it("100 MB through zstd and TCP arrive as they were sent", async () => {
  const bytes = Buffer.concat(Array<Buffer>(4).fill(randomBytes(25_000_000)));
  writeFileSync(folder.at("in"), bytes);
  const receiver = start(["recv", "tcp://127.0.0.1:0", "--unzstd", "-o", folder.at("out")]);
  const sent = await run(["send", "--zstd", await receiver.listening(), folder.at("in")]);
  expect([sent.code, sent.stderr]).toEqual([0, ""]);
  expect((await receiver.ended).code).toBe(0);
  expect(sha256(readFileSync(folder.at("out")))).toBe(sha256(bytes));
});

const ROUTES: readonly [name: string, where: () => string, options: readonly string[]][] = [
  ["tcp", () => "tcp://127.0.0.1:0", []],
  ["tcp, IPv6", () => "tcp://[::1]:0", []],
  ["unix", () => `unix:${folder.at("socket")}`, []],
  ["tls", () => "tls://127.0.0.1:0", []],
  ["ws", () => "ws://127.0.0.1:0/ingest", []],
  ["ws, half-close", () => "ws://127.0.0.1:0", ["--half-close"]],
  ["wss", () => "wss://127.0.0.1:0/ingest", ["--half-close"]],
];

describe.each(ROUTES)("over %s", (name, where, more) => {
  it("what is sent is what is received", async () => {
    const { cert, key } = await certificate(folder.path);
    const secure = /tls|wss/.test(name);
    const bytes = randomBytes(3_000_000);
    const receiver = start(["recv", where(), ...(secure ? ["--cert", cert, "--key", key] : [])]);
    const trust = secure ? ["--ca", cert] : [];
    const sent = await run(["send", await receiver.listening(), ...more, ...trust], bytes);
    expect(sent).toMatchObject({ code: 0, stderr: "" });
    const received = await receiver.ended;
    expect(received.code).toBe(0);
    expect(received.stdout.equals(bytes)).toBe(true);
  });
});

describe("status 0 of the sender means that the receiver has it", () => {
  it.each(["tcp", "tls", "ws"])(
    "a full disk at the far end fails both, over %s",
    async (scheme) => {
      const { cert, key } = await certificate(folder.path);
      const [ours, theirs] =
        scheme === "tls"
          ? [
              ["--ca", cert],
              ["--cert", cert, "--key", key],
            ]
          : [[], []];
      const full = openSync("/dev/full", "w");
      const receiver = start(["recv", `${scheme}://127.0.0.1:0`, ...theirs], {
        stdio: ["ignore", full, "pipe"],
      });
      const halfClose = scheme === "ws" ? ["--half-close"] : [];
      // So few that the sender is done long before the receiver looks at its disk.
      const sent = await run(["send", await receiver.listening(), ...ours, ...halfClose], "few");
      closeSync(full);
      expect(sent.code).toBe(1);
      expect(sent.stderr).toMatch(/ERR_AW_(CONNECTION_RESET|TRUNCATED)/);
      const received = await receiver.ended;
      expect([received.code, received.stderr]).toEqual([1, expect.stringContaining("NO_SPACE")]);
    },
  );

  it.each(["SIGINT", "SIGTERM"] as const)("%s of the sender leaves no file", async (signal) => {
    const receiver = start([
      "recv",
      "tcp://127.0.0.1:0",
      "-o",
      folder.at("out"),
      "--atomic",
      "--gunzip",
    ]);
    const sender = start(["send", "--gzip", await receiver.listening()]);
    sender.stdin.write(randomBytes(1_000_000), () => sender.child.kill(signal));
    expect((await sender.ended).signal).toBe(signal);
    const { code, stderr } = await receiver.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_CONNECTION_RESET")]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it("a sender whose input fails does not look complete either", async () => {
    const receiver = start(["recv", "tcp://127.0.0.1:0", "-o", folder.at("out"), "--atomic"]);
    const sent = await run(["send", await receiver.listening(), "--gunzip"], "no gzip at all");
    expect([sent.code, sent.stderr]).toEqual([1, expect.stringContaining("ERR_AW_CORRUPT")]);
    expect((await receiver.ended).code).toBe(1);
    expect(existsSync(folder.at("out"))).toBe(false);
  });
});

describe("many connections", () => {
  it("each has its own file, and one that fails fails no other", async () => {
    const receiver = start([
      "recv",
      "tcp://127.0.0.1:0",
      "--many=3",
      "--gunzip",
      "-o",
      folder.at("{n}"),
    ]);
    const where = await receiver.listening();
    for (const [text, code] of [
      ["one", 0],
      ["not gzip", 1],
      ["three", 0],
    ] as const) {
      const layers = text === "not gzip" ? [] : ["--gzip"];
      expect((await run(["send", where, ...layers], text)).code).toBe(code);
    }
    const { code, stderr } = await receiver.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining("connection 2: ERR_AW_CORRUPT")]);
    expect(["1", "3"].map((name) => readFileSync(folder.at(name), "utf8"))).toEqual([
      "one",
      "three",
    ]);
  });

  it("without a count it goes on until a signal", async () => {
    const receiver = start([
      "recv",
      `unix:${folder.at("socket")}`,
      "--many",
      "-o",
      folder.at("{n}"),
    ]);
    const where = await receiver.listening();
    const both = await Promise.all([run(["send", where], "x"), run(["send", where], "x")]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    receiver.child.kill("SIGTERM");
    expect((await receiver.ended).signal).toBe("SIGTERM");
    expect(readdirSync(folder.path).toSorted()).toEqual(["1", "2"]);
  });

  it("one connection is one: the next is refused", async () => {
    const receiver = start(["recv", "tcp://127.0.0.1:0"]);
    const where = await receiver.listening();
    const first = start(["send", where]);
    first.stdin.write("begun");
    await receiver.says(/begun/, "stdout");
    expect((await run(["send", where])).stderr).toContain("ERR_AW_CONNECT");
    first.stdin.end();
    expect((await Promise.all([first.ended, receiver.ended])).map(({ code }) => code)).toEqual([
      0, 0,
    ]);
  });
});

describe("a peer that stalls", () => {
  const sockets = new Set<Socket>();
  let server: Server;

  /** A server that takes connections and never ends them. */
  async function serve(handle: (socket: Socket) => void): Promise<string> {
    server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      sockets.add(socket.on("error", () => {}));
      handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server?.close();
  });

  /** How `aw` ends, and the most memory it had, in MB. */
  async function measured(args: string[], input: string): Promise<Ended & { memory: number }> {
    const tell = `process.on("exit", () => console.error(process.resourceUsage().maxRSS, "kB"))`;
    const node = [`--import=data:text/javascript,${encodeURIComponent(tell)}`];
    const fd = openSync(input, "r");
    const running = start(args, { node, stdio: [fd, "pipe", "pipe"] });
    closeSync(fd);
    const ended = await running.ended;
    return { ...ended, memory: Number(/(\d+) kB/.exec(ended.stderr)?.[1]) / 1000 };
  }

  it("costs the sender no memory, however much there is to send; --timeout ends it", async () => {
    const args = ["send", await serve(() => {}), "--zstd", "--timeout=500ms"];
    const { memory: idle } = await measured(["pipe", "--zstd"], "/dev/null");
    const { code, stderr, memory } = await measured(args, "/dev/urandom");
    expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_TIMEOUT")]);
    // Buffers that live in the chain, those on their way through the kernel, and the transport's code.
    expect(memory - idle).toBeLessThan(64);
  });

  it("one that sends nothing is ended by --timeout of the receiver", async () => {
    const receiver = start([
      "recv",
      "tcp://127.0.0.1:0",
      "--timeout=200ms",
      "-o",
      folder.at("out"),
      "--atomic",
    ]);
    const sender = start(["send", await receiver.listening()]);
    const { code, stderr } = await receiver.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_TIMEOUT")]);
    expect(readdirSync(folder.path)).toEqual([]);
    expect((await sender.ended).code).toBe(1);
  });

  it("one that never ends is waited for, unless --timeout or --no-wait", async () => {
    const where = await serve((socket) => socket.resume());
    const { code, stderr } = await run(["send", where, "--timeout=200ms"], "x");
    expect([code, stderr]).toEqual([1, expect.stringContaining("--no-wait does not wait for it")]);
    expect((await run(["send", where, "--no-wait"], "x")).code).toBe(0);
  });
});

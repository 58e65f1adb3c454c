import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { connect as connectSocket, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PassThrough, Writer, type Poll, type Waker } from "@aw/core";
import { listen, type TcpListener } from "@aw/tcp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/run.ts";
import { serve } from "../src/server.ts";
import type { Input } from "../src/inputs.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aw-relay-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

const lines = Array.from({ length: 2000 }, (_, index) => `line number ${index}\n`);
const input: Input = {
  name: "lines",
  bytes: Buffer.byteLength(lines.join("")),
  open: () => lines,
};

/** Flips one bit of each write: what a bad wire does. */
class Damaging extends PassThrough {
  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    const damaged = Uint8Array.from(buf);
    const middle = buf.length >> 1;
    damaged[middle] = (damaged[middle] ?? 0) ^ 1;
    return super.pollWrite(waker, damaged);
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.pollWrite(waker, bufs.find((buf) => buf.length > 0) ?? new Uint8Array(0));
  }
}

describe("run", () => {
  it("verifies every route, and compresses where it says so", async () => {
    const rows = await run({ folder, inputs: [input] });
    expect(rows.map(({ verified }) => verified)).toEqual([true, true]);
    expect(rows[0]?.wireBytes).toBeGreaterThan(input.bytes);
    expect(rows[1]?.wireBytes).toBeLessThan(input.bytes / 2);
    expect(await readFile(join(folder, "lines.gzip"), "utf8")).toBe(lines.join(""));
  });

  it("notices a plain transfer that was damaged on the wire", async () => {
    const damaged = run({
      folder,
      inputs: [input],
      wire: (inner) => new Writer(new Damaging(inner)),
    });
    // The gzip route fails by itself: its decoder sees the damage, or misses the end.
    await expect(damaged).rejects.toThrow(/the server refused: ERR_AW_(?:CORRUPT|TRUNCATED)/);
    expect(await readFile(join(folder, "lines.identity"), "utf8")).not.toBe(lines.join(""));
  });

  it("reports its progress up to the end", async () => {
    const progress: number[] = [];
    await run({
      folder,
      inputs: [input],
      onTransfer: () => ({ update: (bytes) => progress.push(bytes), stop: () => {} }),
    });
    expect(Math.max(...progress)).toBe(input.bytes);
  });
});

describe("the server, to strangers,", () => {
  let listener: TcpListener;
  let serving: Promise<void>;
  beforeEach(async () => {
    listener = await listen();
    serving = serve(listener, folder);
  });
  afterEach(async () => {
    await listener.close();
    await serving;
  });

  /** Sends raw bytes and returns the answer. */
  async function send(...pieces: (string | Buffer)[]): Promise<Record<string, unknown>> {
    const socket = connectSocket((listener.address as AddressInfo).port, "127.0.0.1");
    await once(socket, "connect");
    for (const piece of pieces) socket.write(piece);
    socket.end();
    let answer = "";
    for await (const data of socket) answer += String(data);
    return JSON.parse(answer) as Record<string, unknown>;
  }

  const header = (name: string, encoding = "identity"): string =>
    `${JSON.stringify({ name, encoding })}\n`;

  it("takes an empty file", async () => {
    expect(await send(header("empty"))).toMatchObject({ bytes: 0 });
  });

  it("takes a header in pieces, and gzip of another program", async () => {
    const whole = header("pieces", "gzip");
    const answer = await send(whole.slice(0, 5), whole.slice(5), gzipSync("hello"));
    expect(answer).toMatchObject({ bytes: 5 });
    expect(await readFile(join(folder, "pieces"), "utf8")).toBe("hello");
  });

  it.each(["../escape", "/etc/passwd", "a/b", "", ".hidden", "x".repeat(200)])(
    "refuses the name %j and writes nothing",
    async (name) => {
      expect(await send(header(name), "data")).toMatchObject({ error: "ERR_AW_PROTOCOL" });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it.each([
    ["no JSON", "hello\n"],
    ["no object", "7\n"],
    ["an unknown encoding", header("x", "rot13")],
    ["no end", "x"],
    ["no sense of measure", "x".repeat(100_000)],
  ])("refuses a header with %s", async (_name, text) => {
    expect(await send(text)).toMatchObject({ error: "ERR_AW_PROTOCOL" });
  });

  it("refuses gzip that is cut off or broken, and goes on serving", async () => {
    const whole = gzipSync("some text that is long enough");
    expect(await send(header("cut", "gzip"), whole.subarray(0, -4))).toMatchObject({
      error: "ERR_AW_TRUNCATED",
    });
    expect(await send(header("bad", "gzip"), "not gzip")).toMatchObject({
      error: "ERR_AW_CORRUPT",
    });
    expect(await send(header("good", "gzip"), whole)).toMatchObject({ bytes: 29 });
  });
});

describe("the command", () => {
  function relay(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    const main = join(import.meta.dirname, "../src/main.ts");
    return spawnSync(process.execPath, ["--conditions=@aw/source", main, ...args], {
      encoding: "utf8",
    });
  }

  it("explains itself", () => {
    expect(relay("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--port") });
  });

  it.each([["--bogus"], ["stray"], ["--port", "many"]])("refuses %s", (...args) => {
    const { status, stderr } = relay(...args);
    expect(status).toBe(2);
    expect(stderr).toContain("--help");
  });
});

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import * as zlib from "node:zlib";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { inProcess } from "../aw.ts";
import { certificate } from "../certificate.ts";

const folder = temporaryFolder();
const read = (name: string) => readFileSync(folder.at(name));
const LINES = Array.from(
  { length: 5000 },
  (_, index) => `${index} ${(index * index) % 9973} lines\n`,
);
const TEXT = LINES.join("");

/** Sends the file "in" to the file "out" through layers. */
async function sent(...layers: string[]): Promise<Buffer> {
  const args = ["send", `file:${folder.at("out")}`, folder.at("in"), ...layers];
  expect(await inProcess(args).ended).toEqual({ code: 0, stderr: "" });
  return read("out");
}

describe("a layer of the command line", () => {
  it.each([
    ["gzip", zlib.gunzipSync],
    ["deflate", zlib.inflateSync],
    ["brotli", zlib.brotliDecompressSync],
    ["zstd", zlib.zstdDecompressSync],
  ] as const)("--%s compresses, more with a higher level", async (name, decode) => {
    writeFileSync(folder.at("in"), TEXT);
    const sizes: number[] = [];
    for (const level of [`--${name}=1`, `--${name}`, `--${name}=9`]) {
      const made = await sent(level);
      expect(String(decode(made))).toBe(TEXT);
      sizes.push(made.length);
    }
    expect(sizes[0]).toBeGreaterThan(sizes[2] as number);
  });

  it.each([
    ["gunzip", zlib.gzipSync],
    ["inflate", zlib.deflateSync],
    ["unbrotli", zlib.brotliCompressSync],
    ["unzstd", zlib.zstdCompressSync],
    ["decompress", zlib.gzipSync],
    ["decompress", zlib.zstdCompressSync],
  ] as const)("--%s decompresses", async (name, encode) => {
    writeFileSync(folder.at("in"), encode(TEXT));
    expect(String(await sent(`--${name}`))).toBe(TEXT);
  });

  it.each(["--parallel", "--parallel=2"])("%s works on blocks side by side", async (parallel) => {
    writeFileSync(folder.at("in"), TEXT);
    expect(String(zlib.zstdDecompressSync(await sent("--zstd", parallel)))).toBe(TEXT);
    expect(String(zlib.gunzipSync(await sent("--gzip", parallel)))).toBe(TEXT);
    // Its marks of empty blocks are in no serial stream.
    expect(await sent("--zstd", parallel)).not.toEqual(await sent("--zstd"));
  });

  it("stands where the bytes meet it", async () => {
    writeFileSync(folder.at("in"), zlib.gzipSync("text"));
    const made = await sent("--gunzip", "--buffer=1KiB", "--deflate", "--throttle=1GB/s");
    expect(String(zlib.inflateSync(made))).toBe("text");
  });

  it.each([
    ["4B", 0, ""],
    ["3B", 1, "ERR_AW_LIMIT"],
  ])("--limit=%s: status %i", async (limit, code, line) => {
    writeFileSync(folder.at("in"), "text");
    const args = ["send", folder.at("out"), folder.at("in"), `--limit=${limit}`];
    const ended = await inProcess(args).ended;
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(line)]);
  });
});

describe("inputs", () => {
  it("are read one after the other", async () => {
    const names = ["one", "two", "three"].map((name) => folder.at(name));
    for (const name of names) writeFileSync(name, `${name}\n`);
    const { code } = await inProcess(["send", folder.at("out"), ...names]).ended;
    expect([code, String(read("out"))]).toEqual([0, names.map((name) => `${name}\n`).join("")]);
  });

  it.each([
    ["none", 1, /ERR_AW_IO: read .*none: .*ENOENT/],
    ["folder", 1, /folder is a folder/],
    ["out", 2, /out is the output too/],
  ])("%s: nothing is touched", async (name, code, line) => {
    writeFileSync(folder.at("out"), "old");
    writeFileSync(folder.at("one"), "one");
    mkdirSync(folder.at("folder"));
    const args = ["send", `file:${folder.at("out")}`, folder.at("one"), folder.at(name)];
    const ended = await inProcess(args).ended;
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(line)]);
    expect(String(read("out"))).toBe("old");
  });
});

describe("how a file is written", () => {
  it("--append adds, --atomic replaces, and without them it is emptied", async () => {
    writeFileSync(folder.at("in"), "new");
    writeFileSync(folder.at("out"), "old\n");
    expect(String(await sent("--append"))).toBe("old\nnew");
    const { ino } = statSync(folder.at("out"));
    expect(String(await sent())).toBe("new");
    expect(statSync(folder.at("out")).ino).toBe(ino);
    expect(String(await sent("--atomic", "--durability=data"))).toBe("new");
    expect(statSync(folder.at("out")).ino).not.toBe(ino);
  });
});

it("--progress says what went through, in and out", async () => {
  writeFileSync(folder.at("in"), TEXT);
  const args = ["send", folder.at("out"), folder.at("in"), "--progress", "--gzip"];
  const { code, stderr } = await inProcess(args).ended;
  const size = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  const line = `^aw send: ${size(TEXT.length)} in, ${size(read("out").length)} out, \\d+\\.\\d s, [\\d.]+ [kMG]?B/s, waited \\d+\\.\\d s`;
  expect([code, stderr]).toEqual([0, expect.stringMatching(new RegExp(line))]);
});

/** Sends this to a listener; resolves with both ends. */
async function transferred(
  text: string,
  listener: string[],
  sender: string[] = [],
): Promise<{ code: number; stderr: string; sent: number }> {
  writeFileSync(folder.at("in"), text);
  const { ended, listening } = inProcess(["recv", ...listener]);
  const where = await listening();
  const sending = await inProcess(["send", where, folder.at("in"), ...sender]).ended;
  return { ...(await ended), sent: sending.code };
}

describe("what is received", () => {
  it.each([
    "tcp://127.0.0.1:0",
    "tcp://[::1]:0",
    "ws://127.0.0.1:0",
    "ws://127.0.0.1:0/ingest",
    "tls://127.0.0.1:0",
    "wss://127.0.0.1:0/ingest",
  ])("over %s is in the file", async (where) => {
    const { cert, key } = await certificate(folder.path);
    const isSecure = /^(tls|wss)/.test(where);
    const listener = [
      where,
      "-o",
      folder.at("out"),
      ...(isSecure ? ["--cert", cert, "--key", key] : []),
    ];
    const sender = [
      ...(isSecure ? ["--ca", cert] : []),
      ...(where.startsWith("ws") ? ["--half-close"] : []),
    ];
    const { code, stderr, sent: status } = await transferred(TEXT, listener, sender);
    expect([code, status]).toEqual([0, 0]);
    // As it would be given to `aw send`.
    expect(stderr).toMatch(
      where.startsWith("ws")
        ? /^aw recv: listening on wss?:\/\/127\.0\.0\.1:\d+\/\S*\n$/
        : /^aw recv: listening on t(cp|ls):\/\/(\[::1\]|127\.0\.0\.1):\d+\n$/,
    );
    expect(String(read("out"))).toBe(TEXT);
  });

  it("over unix: is in the file", async () => {
    const listener = [`unix:${folder.at("socket")}`, "-o", folder.at("out"), "--progress"];
    const { code, stderr, sent: status } = await transferred("text", listener);
    expect([code, status, String(read("out"))]).toEqual([0, 0, "text"]);
    expect(stderr).toMatch(/listening on unix:.*socket\naw recv: 4 B in, 4 B out, /);
  });

  it("goes through the layers of both ends", async () => {
    const listener = [
      "tcp://127.0.0.1:0",
      "-o",
      folder.at("out"),
      "--atomic",
      "--gunzip",
      "--gzip",
    ];
    await transferred(TEXT, listener, ["--gzip"]);
    expect(String(zlib.gunzipSync(read("out")))).toBe(TEXT);
  });

  it("and does not fit its layers: both ends fail, and there is no file", async () => {
    const listener = ["tcp://127.0.0.1:0", "-o", folder.at("out"), "--atomic", "--gunzip"];
    const { code, stderr, sent: status } = await transferred("no gzip", listener);
    expect([code, status, existsSync(folder.at("out"))]).toEqual([1, 1, false]);
    expect(stderr).toContain("ERR_AW_CORRUPT");
  });

  it("as many connections, each to its own file", async () => {
    for (const name of ["a", "b", "c"]) writeFileSync(folder.at(name), name);
    const args = ["tcp://127.0.0.1:0", "--many=3", "-o", folder.at("part-{n}-{n}"), "--gunzip"];
    const { ended, listening } = inProcess(["recv", ...args, "--progress"]);
    const where = await listening();
    const codes: number[] = [];
    for (const [name, ...layers] of [["a", "--gzip"], ["b"], ["c", "--gzip"]] as const) {
      codes.push((await inProcess(["send", where, folder.at(name), ...layers]).ended).code);
    }
    expect(codes).toEqual([0, 1, 0]);
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining("connection 2: ERR_AW_CORRUPT")]);
    expect([String(read("part-1-1")), String(read("part-3-3"))]).toEqual(["a", "c"]);
  });

  it("a sender that is silent for --timeout is given up", async () => {
    const args = ["tcp://127.0.0.1:0", "-o", folder.at("out"), "--atomic", "--timeout=50ms"];
    const { ended, listening } = inProcess(["recv", ...args]);
    const stop = new AbortController();
    const sender = inProcess(
      ["send", await listening(), "/dev/zero", "--throttle=1B/s"],
      stop.signal,
    );
    const { code, stderr } = await ended;
    stop.abort(new Error("enough"));
    await sender.ended.catch(() => {});
    expect([code, stderr]).toEqual([1, expect.stringContaining("nothing came for 50 ms")]);
    expect(existsSync(folder.at("out"))).toBe(false);
  });
});

describe("nobody comes", () => {
  it.each([[], ["--append"], ["--atomic"]])("with %j: all is as it was", async (...more) => {
    writeFileSync(folder.at("old"), "old");
    for (const name of ["old", "new"]) {
      const stop = new AbortController();
      const args = ["recv", "tcp://127.0.0.1:0", "-o", folder.at(name), ...more];
      const { ended, listening } = inProcess(args, stop.signal);
      const rejected = expect(ended).rejects.toThrow("enough");
      await listening();
      stop.abort(new Error("enough"));
      await rejected;
    }
    expect(readdirSync(folder.path)).toEqual(["old"]);
    expect(String(read("old"))).toBe("old");
  });

  it.each(["tcp", "ws", "tls", "wss"])("a port that is taken, over %s", async (scheme) => {
    const { cert, key } = await certificate(folder.path);
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    const tls = /tls|wss/.test(scheme) ? ["--cert", cert, "--key", key] : [];
    const args = ["recv", `${scheme}://127.0.0.1:${port}`, "-o", folder.at("out"), ...tls];
    const { code, stderr } = await inProcess(args).ended;
    taken.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_CONNECT")]);
    expect(existsSync(folder.at("out"))).toBe(false);
  });
});

it("a peer that does not end is waited for, unless --timeout or --no-wait", async () => {
  writeFileSync(folder.at("in"), "text");
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    socket.on("error", () => {}).resume(),
  );
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const where = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const waited = await inProcess(["send", where, folder.at("in"), "--timeout=50ms"]).ended;
  expect([waited.code, waited.stderr]).toEqual([1, expect.stringContaining("within 50 ms")]);
  expect((await inProcess(["send", where, folder.at("in"), "--no-wait"]).ended).code).toBe(0);
  server.close();
});

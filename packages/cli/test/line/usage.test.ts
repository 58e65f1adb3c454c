import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run as runInProcess } from "@aw/cli";
import { describe, expect, it } from "vitest";
import { inProcess, run, start } from "../aw.ts";

describe("a command line that makes no sense ends with status 2 and one line", () => {
  it.each([
    [["bogus"], "no command bogus: send, recv, pipe"],
    [[], "a command is needed"],
    [["pipe", "--gzp"], "unknown option --gzp; see aw pipe --help"],
    [["pipe", "--atomic"], "unknown option --atomic"],
    [["pipe", "--constructor"], "unknown option --constructor"],
    [["pipe", "-x"], "unknown option -x"],
    [["pipe", "--gzip=11"], "gzip: level must be"],
    [["pipe", "--gzip=high"], '--gzip takes a whole number, not "high"'],
    [["pipe", "--gunzip=1"], "--gunzip takes no value"],
    [["pipe", "--limit"], "--limit needs a value: --limit=SIZE"],
    [["pipe", "--limit", "--gzip"], "--gzip is an option"],
    [["pipe", "--limit="], "--limit needs a value: --limit=SIZE"],
    [["pipe", "--limit=64K"], "--limit takes a size such as 64KiB"],
    [["pipe", "--parallel"], "--parallel is for --gzip and --zstd"],
    [["pipe", "--gzip", "--parallel=0"], "gzip: parallel must be"],
    [["pipe", "--progress", "--progress"], "--progress is given twice"],
    [["send"], "a target is needed"],
    [["send", "http://host/"], "http: is not known"],
    [["send", "x", "--timeout=1s"], "--timeout is only for tcp, unix, tls, ws, wss"],
    [["send", "tcp://127.0.0.1:1", "--atomic"], "--atomic is only for file"],
    [["send", "tcp://127.0.0.1:1", "--insecure"], "--insecure is only for tls, wss"],
    [["send", "tls://127.0.0.1:1", "--cert=x"], "--cert and --key go together"],
    [["send", "x", "--atomic", "--append"], "--atomic writes a new file and --append adds"],
    [["send", "x", "--durability=disk"], '--durability is none, data, full, not "disk"'],
    [["send", "localhost:9000", "x"], "write tcp://localhost:9000"],
    [["send", "backup.example:9443", "x"], "for a file of this name, ./backup.example:9443"],
    [["send", "tcp:localhost:9000", "x"], "write tcp://localhost:9000"],
    [["send", "TLS:localhost:9000", "x"], "write tls://localhost:9000"],
    [["send", "ws:localhost:9000/x", "x"], "write ws://localhost:9000/x"],
    [["send", "backup.example:dumps/shop", "x"], "write tcp://host:port"],
    [["send", ":9000", "x"], "write tcp://host:port"],
    [["send", "[::1]:9000", "x"], "write tcp://[::1]:9000"],
    [["send", "::1", "x"], "write tcp://host:port"],
    [["send", "192.168.1.5", "x"], "write tcp://host:port"],
    [["send", "9000", "x"], "write tcp://host:port"],
    [["send", "x", "tcp://127.0.0.1:9000"], "stands first: aw send tcp://127.0.0.1:9000 <file>"],
    [["send", "tls://127.0.0.1:1", "--alpn=h2,"], "--alpn takes names of 1 to 255 bytes"],
    [["recv", "tcp://127.0.0.1:0", "-o", "localhost:9000"], "write tcp://localhost:9000"],
    [["recv", "tcp://127.0.0.1:0", "-o", "x", "--durability=disk"], "--durability is none"],
    [["recv", "tcp://127.0.0.1:0", "-o", "x", "--append", "--atomic"], "--atomic writes a new"],
    [["recv", "tcp://127.0.0.1:0", "-o", "{n}", "--many", "--durability=x"], "--durability is"],
    [["recv", "ws://127.0.0.1:0/?token=x"], "a listener has a path only"],
    [["recv", "tls://127.0.0.1:0", "--cert=x", "--key=x", "--alpn=,"], "--alpn takes names"],
    [["recv"], "a listener is needed"],
    [["recv", "tcp://127.0.0.1:0", "--cert=x", "--key=x"], "--cert is only for tls, wss"],
    [["recv", "tcp://127.0.0.1:0", "-o", "-", "--atomic"], "--atomic is only for file"],
    [["recv", "some-file"], "a listener is tcp://host:port"],
    [["recv", "tcp://127.0.0.1:0", "out"], "the output is -o"],
    [["recv", "tcp://127.0.0.1:0", "-o", "tcp://127.0.0.1:1"], "-o takes a file or -"],
    [["recv", "tcp://127.0.0.1:0", "--many"], "--many needs a file for each connection"],
    [["recv", "tls://127.0.0.1:0"], "TLS needs --cert and --key"],
    [["recv", "wss://127.0.0.1:0", "--cert", "/dev/null", "--key", "/dev/null"], "tls: "],
  ])("aw %j", async (args, line) => {
    const { code, stderr } = await inProcess(args).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(line);
    expect(stderr).toMatch(/^aw[^\n]*\n$/);
  });

  it("in a process of its own", async () => {
    const { code, stdout, stderr } = await run(["pipe", "--gzp"], "ignored");
    expect([code, stdout.length]).toEqual([2, 0]);
    expect(stderr).toBe(
      "aw pipe: ERR_AW_INVALID_ARGUMENT: unknown option --gzp; see aw pipe --help\n",
    );
  });
});

it.each(["--help", "help", "send --help", "recv -h", "pipe x --help"])(
  "aw %s prints help",
  async (words) => {
    const { code, stdout, stderr } = await run(words.split(" "));
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(/aw (send|recv|pipe)/);
    expect(stderr).toBe("");
    for (const line of stdout.toString().split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  },
);

/** What is loaded, module by module, besides Node's own. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const tell = `
    import { registerHooks } from "node:module";
    const urls = [];
    registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
    process.on("exit", () => process.stderr.write(urls.join("\\n")));`;
  const node = [`--import=data:text/javascript,${encodeURIComponent(tell)}`];
  const running = start(args, { node });
  running.stdin.end("x");
  const { code, stderr } = await running.ended;
  expect(code).toBe(0);
  return stderr.split("\n").filter((url) => url.startsWith("file:"));
}

it("aw --version loads next to nothing, and says what the manifest says", async () => {
  const manifest = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  expect((await run(["--version"])).stdout.toString()).toBe(`${version}\n`);
  const loaded = await loadedBy("--version");
  expect(loaded.map((url) => url.split("/").at(-1))).toEqual(["main.ts", "run.ts"]);
});

it("aw pipe loads no transport, and compression only when it is asked for", async () => {
  const plain = (await loadedBy("pipe")).join("\n");
  expect(plain).toMatch(/packages\/file/);
  expect(plain).not.toMatch(/packages\/(tcp|tls|node|websocket|compression)|\/ws\/|cli-progress/);
  expect((await loadedBy("pipe", "--gzip")).join("\n")).toMatch(/packages\/compression/);
});

it.each([
  [["pipe"], { sginal: AbortSignal.abort() }, /did you mean signal/],
  [["pipe"], { signal: "now" }, /signal must be/],
  [["pipe"], null, /options/],
  ["pipe", {}, /args must be/],
  [["pipe", 7], {}, /args must be/],
  [undefined, {}, /args must be/],
])("a function called with %j and %j rejects", async (args, options, message) => {
  await expect(runInProcess(args as string[], options as object)).rejects.toMatchObject({
    code: "ERR_AW_INVALID_ARGUMENT",
    message: expect.stringMatching(message) as string,
  });
});

it("a function with a signal rejects with its reason", async () => {
  const signal = AbortSignal.abort(new Error("not now"));
  await expect(runInProcess(["recv", "tcp://127.0.0.1:0"], { signal })).rejects.toThrow("not now");
});

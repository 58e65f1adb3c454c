import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { open, type FileWriter } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { lock } from "../../src/replace/lock.ts";
import { run } from "../children/run.ts";

const folder = temporaryFolder();

it("keeps others out until it is closed, aborted or failed", async () => {
  const path = folder.at("out");
  const ends: ((out: FileWriter) => void | Promise<void>)[] = [
    (out) => out.close(),
    (out) => out.abort(),
  ];
  for (const end of ends) {
    const out = await open(path, { lock: true });
    await expect(open(path, { lock: true })).rejects.toMatchObject({
      code: "ERR_AW_IO",
      message: expect.stringContaining(
        `process ${process.pid} has the lock ${path}.lock`,
      ) as string,
    });
    await end(out);
  }
  await (await open(path, { lock: true })).close();
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

it("gives the lock back if the file can't be opened", async () => {
  const path = folder.at("out");
  writeFileSync(path, "");
  await expect(open(path, { flags: "wx", lock: true })).rejects.toMatchObject({
    code: "ERR_AW_IO",
  });
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

it("several processes at once on the lock of one that was killed: never two have it", async () => {
  const path = folder.at("out");
  const { signal } = await run("lock-killed.ts", path);
  expect(signal).toBe("SIGKILL");
  expect(readdirSync(folder.path).toSorted()).toEqual([
    expect.stringMatching(/^\.aw-[0-9a-f]{12}\.sock$/),
    "out",
    "out.lock",
  ]);
  const ends = await Promise.all(
    Array.from({ length: 4 }, () => run("lock-append.ts", path, "50")),
  );
  expect(ends).toMatchObject(Array.from({ length: 4 }, () => ({ code: 0, stderr: "" })));
  // Each holder read the number in the file, and wrote the next one.
  expect(readFileSync(path, "utf8")).toBe("200");
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

/** The text of a lock that this process holds, with some of it changed. */
async function lockText(path: string, change: object): Promise<string> {
  const out = await open(path, { flags: "a", lock: true });
  const text = readFileSync(`${path}.lock`, "utf8");
  await out.close();
  return `${JSON.stringify({ ...(JSON.parse(text) as object), ...change })}\n`;
}

it.each([
  ["an earlier start of this machine", { boot: "00000000-0000-0000-0000-000000000000" }],
  ["a process whose number is used again", { socket: undefined, start: "1" }],
  ["a process that is gone", { socket: undefined, pid: 2 ** 22 + 1 }],
  [
    "a container that was stopped",
    { namespace: "pid:[1]", pid: 1, socket: ".aw-000000000000.sock" },
  ],
])("takes over what %s has left", async (_, change) => {
  const path = folder.at("out");
  await listenOnce(folder.at(".aw-000000000000.sock"));
  writeFileSync(`${path}.lock`, await lockText(path, change));
  await (await open(path, { lock: true })).close();
  expect(readdirSync(folder.path)).not.toContain("out.lock");
});

it.each([
  ["a container that lives", { namespace: "pid:[1]", pid: 1, socket: ".aw-000000000001.sock" }],
  ["a container that has no socket", { namespace: "pid:[1]", socket: undefined }],
  ["a process that lives", { socket: undefined }],
])("leaves the lock of %s alone", async (_, change) => {
  const path = folder.at("out");
  const server = createServer();
  await once(server.listen(folder.at(".aw-000000000001.sock")), "listening");
  const text = await lockText(path, change);
  writeFileSync(`${path}.lock`, text);
  await expect(open(path, { lock: true })).rejects.toMatchObject({
    code: "ERR_AW_IO",
    message: expect.stringContaining("has the lock") as string,
  });
  expect(readFileSync(`${path}.lock`, "utf8")).toBe(text);
  server.close();
});

it.each(["", "\0\0\0", '{"aw":"lo', '{"aw":"lock","pid":1'])(
  "takes over what a power cut has left of a lock: %j",
  async (text) => {
    const path = folder.at("out");
    writeFileSync(`${path}.lock`, text);
    await (await open(path, { lock: true })).close();
    expect(readdirSync(folder.path)).toEqual(["out"]);
  },
);

it.each(["123\n", '{"aw":"lock","pid":"x"}\n', "x".repeat(10_000)])(
  "leaves what another program has made, and says what to do",
  async (text) => {
    const path = folder.at("out");
    writeFileSync(`${path}.lock`, text);
    await expect(open(path, { lock: true })).rejects.toMatchObject({
      code: "ERR_AW_IO",
      message: expect.stringContaining("delete it if no program uses it") as string,
    });
    expect(readdirSync(folder.path)).toEqual(["out.lock"]);
  },
);

it("says on which machine its holder is, if that is another one, and nothing that a terminal obeys", async () => {
  const path = folder.at("out");
  const host = `\u001B[2Jother-host.example${"x".repeat(100)}`;
  const text = await lockText(path, { namespace: "pid:[1]", socket: undefined, host, pid: 42 });
  writeFileSync(`${path}.lock`, text);
  const shown = `??2Jother-host.example${"x".repeat(42)}`;
  await expect(open(path, { lock: true })).rejects.toMatchObject({
    message: expect.stringContaining(`process 42 on ${shown} has the lock ${path}.lock;`) as string,
  });
});

it("needs a name that is short enough for the lock of the lock", async () => {
  const longest = "n".repeat(255 - ".lock.stale.stale".length);
  await (await open(folder.at(longest), { lock: true })).close();
  await expect(open(folder.at(`${longest}n`), { lock: true })).rejects.toMatchObject({
    code: "ERR_AW_INVALID_ARGUMENT",
    message: expect.stringContaining("at most 238 bytes") as string,
  });
  expect(readdirSync(folder.path)).toEqual([longest]);
});

it("that others have deleted is not given back: it is somebody else's by now", async () => {
  const path = folder.at("out");
  const out = await open(path, { lock: true });
  rmSync(`${path}.lock`);
  const other = await open(path, { flags: "a", lock: true });
  await out.close();
  await expect(open(path, { flags: "a", lock: true })).rejects.toMatchObject({ code: "ERR_AW_IO" });
  await other.close();
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

it("does not follow a link that is in the place of a lock", async () => {
  symlinkSync("/dev/zero", folder.at("out.lock"));
  await expect(open(folder.at("out"), { lock: true })).rejects.toMatchObject({ code: "ERR_AW_IO" });
});

it("works in a folder whose path is too long for the address of a socket", async () => {
  const long = folder.at("long".repeat(40));
  mkdirSync(long);
  const out = await open(join(long, "out"), { lock: true });
  expect(readdirSync(long)).toContainEqual(expect.stringMatching(/\.sock$/));
  await expect(open(join(long, "out"), { lock: true })).rejects.toMatchObject({
    code: "ERR_AW_IO",
  });
  await out.close();
  expect(readdirSync(long)).toEqual(["out"]);
});

it("is given back once: what comes after that is somebody else's", async () => {
  // By a path that needs a descriptor of the folder.
  const long = folder.at("long".repeat(40));
  mkdirSync(long);
  const held = await lock(join(long, "out"));
  held.release();
  const next = openSync(folder.at("next"), "w");
  held.release();
  expect(fstatSync(next).isFile()).toBe(true);
  closeSync(next);
});

it("a thread that is stopped loses its lock, while its process goes on", async () => {
  const path = folder.at("out");
  const program = join(import.meta.dirname, "../children/lock-thread.ts");
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const locked = Atomics.waitAsync(gate, 0, 0);
  const worker = new Worker(program, {
    workerData: { path, gate },
    execArgv: ["--conditions=@aw/source", "--disable-warning=ExperimentalWarning"],
  });
  await locked.value;
  await expect(open(path, { lock: true })).rejects.toMatchObject({ code: "ERR_AW_IO" });
  await worker.terminate();
  await (await open(path, { lock: true })).close();
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

it("a release that is not allowed does not keep close from settling", async () => {
  const path = folder.at("out");
  const out = await open(path, { lock: true });
  // What is in the place of the lock by now can't be read, let alone removed.
  rmSync(`${path}.lock`);
  mkdirSync(`${path}.lock`);
  await out.writeAll("all of it");
  await out.close();
  expect(readFileSync(path, "utf8")).toBe("all of it");
});

/** Leaves a socket that nobody listens on any more. */
async function listenOnce(path: string): Promise<void> {
  const script = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["-e", script, path]), "exit");
}

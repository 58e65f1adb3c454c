import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect, type Socket } from "node:net";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { inProcess } from "../aw.ts";
import { certificate } from "../certificate.ts";
import { holds } from "../holds.ts";

const folder = temporaryFolder();
const out = () => folder.at("out");

/** A connection to where `aw recv` listens. */
async function connected(where: string): Promise<Socket> {
  const { hostname, port } = new URL(where);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

function isOpen(path: string): boolean {
  return readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      // The descriptor of the listing itself is gone by now.
      return false;
    }
  });
}

async function refused(where: string): Promise<unknown> {
  const { hostname, port } = new URL(where);
  const [error] = (await once(
    connect(Number(port), hostname).on("connect", () => {}),
    "error",
  )) as [NodeJS.ErrnoException];
  return error.code;
}

describe("a receiver", () => {
  it("takes one connection, and refuses the next while that goes on", async () => {
    const { ended, listening } = inProcess(["recv", "tcp://127.0.0.1:0", "-o", out()]);
    const where = await listening();
    const socket = await connected(where);
    socket.write("begun, ");
    await holds(out(), "begun, ");
    expect(await refused(where)).toBe("ECONNREFUSED");
    socket.end("done");
    expect((await ended).code).toBe(0);
    expect([readFileSync(out(), "utf8"), isOpen(out())]).toEqual(["begun, done", false]);
  });

  it("of many ends when the last has ended, and listens no more", async () => {
    const args = ["recv", "tcp://127.0.0.1:0", "--many=2", "-o", folder.at("{n}")];
    const { ended, listening } = inProcess(args);
    const where = await listening();
    const sockets = [await connected(where), await connected(where)];
    let isOver = false;
    void ended.then(() => (isOver = true));
    for (const [index, socket] of sockets.entries()) {
      socket.write("begun, ");
      await holds(folder.at(String(index + 1)), "begun, ");
    }
    expect(await refused(where)).toBe("ECONNREFUSED");
    sockets[0]?.end("done");
    await holds(folder.at("1"), "begun, done");
    expect(isOver).toBe(false);
    sockets[1]?.end("done");
    expect(await ended).toEqual({ code: 0, stderr: `aw recv: listening on ${where}\n` });
    await holds(folder.at("2"), "begun, done");
  });

  it("of many is ended by a signal", async () => {
    const stop = new AbortController();
    const args = ["recv", "tcp://127.0.0.1:0", "--many", "-o", folder.at("{n}")];
    const { ended, listening } = inProcess(args, stop.signal);
    const rejected = expect(ended).rejects.toThrow("enough");
    await listening();
    stop.abort(new Error("enough"));
    await rejected;
  });

  it("says which connections it has refused, and goes on", async () => {
    const { cert, key } = await certificate(folder.path);
    const args = ["recv", "wss://127.0.0.1:0", "--cert", cert, "--key", key, "-o", out()];
    const { ended, listening, says } = inProcess(args);
    const where = await listening();
    (await connected(where)).end("this is no handshake\r\n\r\n");
    expect(await says(/refused: (\w+)/)).toMatch(/^ERR_AW_/);
    writeFileSync(folder.at("in"), "text");
    const sender = ["send", where, folder.at("in"), "--ca", cert];
    expect((await inProcess(sender).ended).code).toBe(0);
    expect((await ended).code).toBe(0);
    expect(readFileSync(out(), "utf8")).toBe("text");
  });

  it("waits for who reads a pipe before it listens", async () => {
    execFileSync("mkfifo", [out()]);
    const { ended, listening } = inProcess(["recv", "tcp://127.0.0.1:0", "-o", out()]);
    const read = createReadStream(out()).toArray();
    (await connected(await listening())).end("text");
    expect(String(Buffer.concat((await read) as Buffer[]))).toBe("text");
    expect((await ended).code).toBe(0);
  });
});

describe("an output for which nobody comes", () => {
  /** What `then` does once it listens; it is stopped after that. */
  async function stopped(then: () => void = () => {}): Promise<void> {
    const stop = new AbortController();
    const { ended, listening } = inProcess(["recv", "tcp://127.0.0.1:0", "-o", out()], stop.signal);
    const rejected = expect(ended).rejects.toThrow("enough");
    await listening();
    expect(isOpen(out())).toBe(true);
    then();
    stop.abort(new Error("enough"));
    await rejected;
    expect(isOpen(out())).toBe(false);
  }

  it("stays if it was there, empty as it is", async () => {
    writeFileSync(out(), "");
    await stopped();
    expect(statSync(out()).size).toBe(0);
  });

  it("is removed if it was not", async () => {
    await stopped();
    expect(existsSync(out())).toBe(false);
  });

  it("stays if somebody else has written into it", async () => {
    await stopped(() => appendFileSync(out(), "theirs"));
    expect(readFileSync(out(), "utf8")).toBe("theirs");
  });
});

import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import {
  createServer,
  request,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { connect as connectSocket, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duplexPair } from "node:stream";
import { gunzipSync } from "node:zlib";
import { copy, memory } from "@aw/core";
import { Running } from "@aw/testing";
import { fromNodeDuplex, fromNodeWritable, toNodeDuplex } from "@aw/node";
import ssh2, { type SFTPWrapper } from "ssh2";
import { Writable as StreamxWritable } from "streamx";
import { create, extract } from "tar";
import { afterEach, describe, expect, it } from "vitest";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

describe("fromNodeWritable of a response of express, with compression and express-session", () => {
  /** The app, and how the route ended at its side. */
  async function serving(): Promise<{ port: number; app: Running }> {
    const program = join(import.meta.dirname, "express-app.ts");
    const app = new Running(process.execPath, ["--conditions=@aw/source", program]);
    cleanups.push(() => app.child.kill("SIGKILL"));
    return { port: Number(await app.says(/port (\d+)/, "stdout")), app };
  }

  function get(port: number, path: string): ClientRequest {
    return request({ port, path, host: "127.0.0.1", headers: { "accept-encoding": "gzip" } }).end();
  }

  async function answerOf(asking: ClientRequest): Promise<string> {
    const [response] = (await once(asking, "response")) as [IncomingMessage];
    expect(response.headers["content-encoding"]).toBe("gzip");
    return gunzipSync(Buffer.concat(await response.toArray())).toString();
  }

  it("delivers all, and close resolves", async () => {
    const { port, app } = await serving();
    const lines = Array.from({ length: 2000 }, (_, line) =>
      `line ${line} of an answer\n`.repeat(20),
    );
    expect((await answerOf(get(port, "/long"))) === lines.join("")).toBe(true);
    await app.says(/\/long closed/, "stdout");
  });

  it("flush resolves in between, and small answers arrive too", async () => {
    const { port, app } = await serving();
    expect(await answerOf(get(port, "/short"))).toBe("hello session");
    await app.says(/\/short closed/, "stdout");
  });

  it("a client that leaves in the middle fails the writer", async () => {
    const { port, app } = await serving();
    const [response] = (await once(get(port, "/endless"), "response")) as [IncomingMessage];
    response.once("data", () => response.destroy());
    expect(await app.says(/\/endless (\w+)/, "stdout")).toBe("ERR_AW_BROKEN_PIPE");
  });
});

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(65_536);
}

it("an HTTP response whose client has left makes a writer that has failed", async () => {
  const gone = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => {
    response.on("close", () => gone.resolve(response));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => server.close());
  const client = connectSocket((server.address() as AddressInfo).port, "127.0.0.1");
  client.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n", () => client.destroy());
  const out = fromNodeWritable(await gone.promise);
  expect(out.state).toBe("failed");
  const failure = { code: "ERR_AW_BROKEN_PIPE" };
  await expect(copy(new ReadableStream({}), out)).rejects.toMatchObject(failure);
  await expect(out.writeAll("x")).rejects.toMatchObject(failure);
  await expect(out.close()).rejects.toMatchObject(failure);
});

describe("fromNodeWritable of streams that are not Node's", () => {
  it("streamx, which has no callbacks", async () => {
    const chunks: Buffer[] = [];
    const stream = new StreamxWritable({
      write(chunk: Buffer, done) {
        chunks.push(chunk);
        setImmediate(() => done(null));
      },
    });
    const out = fromNodeWritable(stream as never);
    for (let line = 0; line < 100; line++) await out.writeAll("x".repeat(5000));
    await out.flush();
    await out.close();
    expect(Buffer.concat(chunks).length).toBe(500_000);
  });

  it("streamx that fails", async () => {
    const stream = new StreamxWritable({ write: (_chunk, done) => done(new Error("broken")) });
    const out = fromNodeWritable(stream as never);
    await expect(copy(endless(), out)).rejects.toThrow("broken");
  });

  it("tar, which has no destroy: an abort leaves the process alone", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aw-tar-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    const out = fromNodeWritable(extract({ cwd: folder }) as never);
    await out.writeAll(new Uint8Array(512));
    out.abort(new Error("stop"));
    expect(out.state).toBe("failed");
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("tar takes an archive to its end", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aw-tar-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    const archive = create({ cwd: join(import.meta.dirname, "..") }, ["package.json"]);
    const out = fromNodeWritable(extract({ cwd: folder }) as never);
    await copy(archive, out);
    await out.close();
    expect(await readFile(join(folder, "package.json"), "utf8")).toContain("@aw/tests");
  });
});

describe("ssh2", () => {
  const data = Buffer.alloc(300_000, "data!");

  /** A server that keeps what is written to any file, and serves `data` as any file. */
  function sftpServer(kept: Map<number, Buffer>): ssh2.Server {
    const { private: hostKey } = ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 });
    return new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
      client.on("error", () => {}).on("authentication", (asked) => asked.accept());
      client.on("session", (accept) => {
        accept().on("sftp", (acceptSftp) => {
          const sftp = acceptSftp();
          const ok = (id: number): void => sftp.status(id, 0);
          sftp.on("OPEN", (id) => sftp.handle(id, Buffer.from([1])));
          sftp.on("WRITE", (id, _handle, offset, chunk) => {
            kept.set(offset, Buffer.from(chunk));
            ok(id);
          });
          sftp.on("READ", (id, _handle, offset, length) => {
            if (offset >= data.length) sftp.status(id, 1);
            else sftp.data(id, data.subarray(offset, offset + length));
          });
          sftp.on("FSTAT", (id) => {
            sftp.attrs(id, {
              mode: 0o100_644,
              size: data.length,
              uid: 0,
              gid: 0,
              atime: 0,
              mtime: 0,
            });
          });
          sftp.on("FSETSTAT", ok).on("CLOSE", ok);
        });
      });
    });
  }

  it("over toNodeDuplex: a file is written and read over sftp", async () => {
    const kept = new Map<number, Buffer>();
    const server = sftpServer(kept);
    const [near, far] = duplexPair();
    server.injectSocket(far as never);
    const client = new ssh2.Client();
    cleanups.push(() => client.end());
    client.connect({ sock: toNodeDuplex(fromNodeDuplex(near)), username: "u", password: "p" });
    await once(client, "ready");
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
      client.sftp((error, made) => (error === undefined ? resolve(made) : reject(error)));
    });
    const out = fromNodeWritable(sftp.createWriteStream("/a"));
    for (let at = 0; at < data.length; at += 9000) await out.writeAll(data.subarray(at, at + 9000));
    await out.flush();
    await out.close();
    const parts = [...kept].toSorted(([a], [b]) => a - b).map(([, chunk]) => chunk);
    expect(Buffer.concat(parts).equals(data)).toBe(true);
    const target = memory();
    await copy(sftp.createReadStream("/a"), target);
    expect(data.equals(target.bytes())).toBe(true);
  });
});

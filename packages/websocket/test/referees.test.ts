import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, listen } from "@aw/websocket";
import { describe, expect, it } from "vitest";
import { after, bytesOf, failureOf, next, portOf } from "./instruments.ts";
import { BYTES, HASH, run, send } from "./referee.ts";

/** A ping whose pong may come or not: after a close frame there is none. */
const PING = `
async def ping(ws):
    (await ws.ping()).add_done_callback(lambda pong: pong.exception())
`;

/** Answers each stream with its length and hash, and pings. `/pong` only waits for a pong; `/code` closes with 4321. */
const PYTHON_SERVER = `
import asyncio, hashlib
import websockets
${PING}
async def serve(ws, path=None):
    path = path or ws.path
    if path == "/pong":
        await (await ws.ping(b"are you there"))
        return
    if path == "/code":
        await ws.close(4321, "out of tea")
        return
    await ping(ws)
    await ws.send(b"hello from python")
    size, digest = 0, hashlib.sha256()
    try:
        async for message in ws:
            size += len(message)
            digest.update(message)
            try:
                await ping(ws)
            except websockets.ConnectionClosed:
                pass  # the close frame was here already; messages are still to be read
    finally:
        print(ws.close_code, size, digest.hexdigest(), flush=True)
async def main():
    async with websockets.serve(serve, "127.0.0.1", 0, max_size=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()
asyncio.run(main())
`;

const PYTHON_CLIENT = `
import asyncio, hashlib, sys
import websockets
${PING}
async def main():
    async with websockets.connect(sys.argv[1], max_size=None, subprotocols=None) as ws:
        await ping(ws)
        size, digest = 0, hashlib.sha256()
        await ws.send(b"x" * 3_000_000)
        await ping(ws)
        async for message in ws:
            size += len(message)
            digest.update(message)
        print(ws.close_code, size, digest.hexdigest(), flush=True)
asyncio.run(main())
`;

const PYTHON = "/usr/bin/python3";

describe("Python's websockets", () => {
  it("as a server gets the exact bytes and 1000, and its pings are no bytes", async () => {
    const { line } = run(PYTHON, ["-c", PYTHON_SERVER]);
    const client = await connect(`ws://127.0.0.1:${await line()}/`);
    const received = bytesOf(client.readable);
    await send(client);
    expect(await line()).toBe(`1000 ${BYTES.length} ${HASH}`);
    expect((await received).toString()).toBe("hello from python");
  });

  it("as a server is answered its ping by a client that only reads", async () => {
    const { line } = run(PYTHON, ["-c", PYTHON_SERVER]);
    const client = await connect(`ws://127.0.0.1:${await line()}/pong`);
    expect(await bytesOf(client.readable)).toHaveLength(0);
  });

  it("as a server closes with a code of its own", async () => {
    const { line } = run(PYTHON, ["-c", PYTHON_SERVER]);
    const client = await connect(`ws://127.0.0.1:${await line()}/code`);
    const error = await failureOf(bytesOf(client.readable));
    expect(error.cause).toMatchObject({ closeCode: 4321, reason: "out of tea" });
  });

  it("as a client gets the exact bytes and 1000", async () => {
    const listener = await listen();
    after(() => listener.abort());
    const { line } = run(PYTHON, ["-c", PYTHON_CLIENT, `ws://127.0.0.1:${portOf(listener)}`]);
    const server = await next(listener);
    const received = bytesOf(server.readable);
    await send(server);
    expect(await line()).toBe(`1000 ${BYTES.length} ${HASH}`);
    expect((await received).length).toBe(3_000_000);
  });
});

describe("the platform's WebSocket", () => {
  it("gets the exact bytes and 1000", async () => {
    const listener = await listen();
    after(() => listener.abort());
    const ws = new WebSocket(`ws://127.0.0.1:${portOf(listener)}`);
    ws.binaryType = "arraybuffer";
    const hash = createHash("sha256");
    ws.addEventListener("message", ({ data }) => hash.update(new Uint8Array(data as ArrayBuffer)));
    const closed = once(ws, "close") as Promise<[{ code: number }]>;
    await send(await next(listener));
    expect((await closed)[0].code).toBe(1000);
    expect(hash.digest("hex")).toBe(HASH);
  });
});

describe("through nginx", () => {
  it("passes the exact bytes both ways, with the half-close and a gateway that is down", async () => {
    const listener = await listen({ path: "/bytes" });
    after(() => listener.abort());
    const port = await freePort();
    await nginx(port, portOf(listener));
    const client = await connect(`ws://127.0.0.1:${port}/bytes`, { halfClose: true });
    const server = await next(listener);
    const echoed = bytesOf(client.readable);
    const answering = (async () => {
      const bytes = await bytesOf(server.readable);
      await server.writeAll(bytes);
      await server.close();
    })();
    await send(client);
    await answering;
    expect(
      createHash("sha256")
        .update(await echoed)
        .digest("hex"),
    ).toBe(HASH);
    listener.abort();
    await listener.close();
    const error = await failureOf(connect(`ws://127.0.0.1:${port}/bytes`));
    expect(error.cause).toMatchObject({ status: 502 });
  });

  it("passes pings, close codes and refusals", async () => {
    const { line } = run(PYTHON, ["-c", PYTHON_SERVER]);
    const port = await freePort();
    await nginx(port, Number(await line()));
    const client = await connect(`ws://127.0.0.1:${port}/`);
    const received = bytesOf(client.readable);
    await send(client);
    expect(await line()).toBe(`1000 ${BYTES.length} ${HASH}`);
    expect((await received).toString()).toBe("hello from python");
    const closed = await connect(`ws://127.0.0.1:${port}/code`);
    const error = await failureOf(bytesOf(closed.readable));
    expect(error.cause).toMatchObject({ closeCode: 4321, reason: "out of tea" });

    const body = "no such token";
    const listener = await listen({ authorize: () => ({ status: 401, body }) });
    after(() => listener.abort());
    const guarded = await freePort();
    await nginx(guarded, portOf(listener));
    const refused = await failureOf(connect(`ws://127.0.0.1:${guarded}/`));
    expect(refused.cause).toMatchObject({ status: 401, body });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function nginx(port: number, upstream: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "aw-nginx-"));
  after(() => rm(folder, { recursive: true, force: true }));
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  await writeFile(
    join(folder, "nginx.conf"),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
     events {}
     http { access_log off; ${temporary}
       server { listen 127.0.0.1:${port};
         location / { proxy_pass http://127.0.0.1:${upstream}; proxy_http_version 1.1;
           proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; } } }`,
  );
  const child = spawn("/usr/sbin/nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], {
    stdio: "ignore",
  });
  after(async () => {
    if (child.exitCode !== null) return;
    child.kill();
    await once(child, "exit");
  });
  for (;;) {
    const up = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (up || child.exitCode !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

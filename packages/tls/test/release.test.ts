import { once } from "node:events";
import {
  connect as connectSocket,
  createServer as createTcpServer,
  type AddressInfo,
  type Socket,
} from "node:net";
import { Duplex, duplexPair } from "node:stream";
import { connect as connectTls, createServer, TLSSocket } from "node:tls";
import { toWriter, type Connection } from "@aw/core";
import { fromNodeDuplex } from "@aw/node";
import { Authority, openResources, settled } from "@aw/testing";
import { client, connect, listen, server, type TlsConnection } from "@aw/tls";
import { afterAll, afterEach, describe, expect, it } from "vitest";

const authority = await Authority.create();
const credentials = await authority.issue("localhost", ["localhost"]);
const { ca } = authority;
afterAll(() => authority.remove());

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function rawServer(serve: (socket: TLSSocket) => void): Promise<number> {
  const raw = createServer({ ...credentials, allowHalfOpen: true }, (socket) => {
    serve(socket.on("error", () => {}));
  });
  raw.listen(0, "127.0.0.1");
  await once(raw, "listening");
  cleanups.push(() => raw.close());
  return (raw.address() as AddressInfo).port;
}

describe("after an awaited close", () => {
  it.each(["await using", "abort"])("%s loses nothing while the peer still talks", async (how) => {
    const before = openResources();
    const outcome = Promise.withResolvers<{ bytes: number; end: string }>();
    const port = await rawServer((socket) => {
      let bytes = 0;
      socket.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        socket.write("250 ok\r\n");
        socket.pause();
        setImmediate(() => socket.resume());
      });
      socket.on("error", ({ code = "" }: NodeJS.ErrnoException) =>
        outcome.resolve({ bytes, end: code }),
      );
      socket.on("end", () => {
        outcome.resolve({ bytes, end: "end" });
        socket.end();
      });
    });
    {
      await using ours = await connect({ port }, { ca });
      await ours.writeAll(new Uint8Array(3_000_000));
      await ours.close();
      if (how === "abort") ours.abort();
    }
    expect(await outcome.promise).toEqual({ bytes: 3_000_000, end: "end" });
    await cleanups.pop()?.();
    await settled(before);
  });

  it("a peer that never ends is waited for no longer than its silence", async () => {
    const before = openResources();
    const gone = Promise.withResolvers<void>();
    const port = await rawServer((socket) => {
      socket.resume().on("close", gone.resolve);
      const more = setInterval(() => socket.write("x"), 100);
      socket.on("close", () => clearInterval(more));
    });
    const ours = await connect({ port }, { ca, linger: 20 });
    await ours.close();
    ours.abort();
    await gone.promise;
    await cleanups.pop()?.();
    await settled(before);
  });
});

it.each(["in the same turn", "a microtask later", "a turn later"])(
  "an abort while close ends the direction leaves nothing: %s",
  async (when) => {
    const before = openResources();
    const listener = await listen({ ...credentials, linger: 0 });
    const { port } = listener.address as AddressInfo;
    const iterator = listener[Symbol.asyncIterator]();
    for (let round = 0; round < 20; round++) {
      const theirs = await connect({ port }, { ca, linger: 0 });
      const { value: ours } = (await iterator.next()) as { value: TlsConnection };
      const closing = ours.close().catch(() => {});
      if (when === "a microtask later") await Promise.resolve();
      if (when === "a turn later") await new Promise((resolve) => setImmediate(resolve));
      ours.abort();
      await closing;
      theirs.abort();
    }
    await listener.close();
    await settled(before);
  },
);

it.each(["abort", "idleTimeout"])(
  "the reader hears why, with a write under way: %s",
  async (how) => {
    const port = await rawServer((socket) => socket.pause());
    const idle = how === "idleTimeout" ? { idleTimeout: 200 } : {};
    const ours = await connect({ port }, { ca, ...idle });
    const code = how === "abort" ? "ERR_AW_ABORTED" : "ERR_AW_TIMEOUT";
    const reading = expect(new Response(ours.readable).text()).rejects.toMatchObject({ code });
    const writing = expect(ours.writeAll(new Uint8Array(20_000_000))).rejects.toMatchObject({
      code,
    });
    if (how === "abort") setImmediate(() => ours.abort());
    await Promise.all([reading, writing]);
  },
);

describe("a reset of the connection below", () => {
  const reset = { code: "ERR_AW_CONNECTION_RESET" };

  it("during the handshake is a reset, and no end", async () => {
    const raw = createTcpServer((socket) => {
      socket.on("error", () => {}).once("data", () => socket.resetAndDestroy());
    });
    raw.listen(0, "127.0.0.1");
    await once(raw, "listening");
    cleanups.push(() => raw.close());
    const { port } = raw.address() as AddressInfo;
    await expect(connect({ port }, { ca })).rejects.toMatchObject(reset);
  });

  it("after the handshake fails who reads and who writes", async () => {
    const port = await rawServer((socket) => socket.write("half of it"));
    let below!: Socket;
    const listening = createTcpServer((near) => {
      const far = connectSocket(port, "127.0.0.1").on("error", () => {});
      below = near.on("error", () => {}).on("close", () => far.destroy());
      near.pipe(far).pipe(near);
    });
    listening.listen(0, "127.0.0.1");
    await once(listening, "listening");
    cleanups.push(() => listening.close());
    const ours = await connect({ port: (listening.address() as AddressInfo).port }, { ca });
    const reader = ours.readable.getReader();
    await reader.read();
    below.resetAndDestroy();
    await expect(reader.read()).rejects.toMatchObject(reset);
    await expect(ours.writeAll("x").then(() => ours.flush())).rejects.toMatchObject(reset);
  });
});

it.each(["client", "server"] as const)(
  "a %s whose handshake fails leaves nothing open below",
  async (end) => {
    const [near, far] = duplexPair();
    const shaking =
      end === "client"
        ? client(fromNodeDuplex(near), { servername: "other.example", ca })
        : server(fromNodeDuplex(near), { ...credentials, ca, requestCert: true });
    const peer: TLSSocket =
      end === "client"
        ? new TLSSocket(far, { isServer: true, ...credentials })
        : connectTls({ socket: far, ca, servername: "localhost" });
    peer.on("error", () => {});
    await expect(shaking).rejects.toMatchObject({ code: "ERR_AW_TLS" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(near.destroyed).toBe(true);
    peer.destroy();
  },
);

it("a listener closes at once, whoever is silent in the middle of a handshake", async () => {
  const before = openResources();
  for (const how of ["close", "abort", "dispose"]) {
    const listener = await listen(credentials);
    const { port } = listener.address as AddressInfo;
    const silent = connectSocket(port, "127.0.0.1").on("error", () => {});
    const half = connectSocket(port, "127.0.0.1").on("error", () => {});
    half.write(Buffer.from("160301020001000", "hex"));
    while (listener.connections < 2) await new Promise((resolve) => setImmediate(resolve));
    const gone = [silent, half].map(
      (socket) => new Promise((resolve) => socket.resume().on("close", resolve)),
    );
    if (how === "close") await listener.close();
    else if (how === "dispose") await listener[Symbol.asyncDispose]();
    else listener.abort();
    await Promise.all(gone);
  }
  await settled(before);
});

it("what comes in one chunk with the end of the handshake and a cut is not whole", async () => {
  // Bytes from the client go through the test's hands: the first flight at once, all after it together.
  const held: Buffer[] = [];
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const readable = new ReadableStream<Uint8Array>({
    start(its) {
      controller = its;
    },
  });
  let flights = 0;
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      if (flights++ === 0) controller.enqueue(Uint8Array.from(chunk));
      else held.push(chunk);
      done();
    },
  });
  const writer = toWriter({
    pollWrite: (_waker, buf) => {
      wire.push(Buffer.from(buf));
      return buf.length;
    },
    pollFlush() {},
    pollClose() {},
    pollVectoredWrite(waker, bufs) {
      return this.pollWrite(waker, bufs.find((buf) => buf.length > 0) ?? new Uint8Array());
    },
    isVectored: false,
    abort() {},
  });
  const serving = server(Object.assign(writer, { readable }) as Connection, credentials);
  const peer = connectTls({ socket: wire, ca, servername: "localhost", minVersion: "TLSv1.3" });
  peer.on("error", () => {});
  await once(peer, "secureConnect");
  await new Promise<void>((resolve) => peer.write("half of it", () => resolve()));
  controller.enqueue(Uint8Array.from(Buffer.concat(held)));
  controller.close();
  const ours = await serving;
  const reader = ours.readable.getReader();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("half of it");
  await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
});

it.each(["client", "server"] as const)(
  "a %s over a connection whose readable is locked is refused, and nothing is subscribed",
  async (end) => {
    const ours = fromNodeDuplex(duplexPair()[0]);
    ours.readable.getReader();
    const shaking =
      end === "client" ? client(ours, { servername: "localhost", ca }) : server(ours, credentials);
    await expect(shaking).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringContaining("locked"),
    });
    expect(ours.state).toBe("open");
    // An error that somebody subscribed to would end the process as an uncaught exception.
    ours.abort();
    await new Promise((resolve) => setImmediate(resolve));
  },
);

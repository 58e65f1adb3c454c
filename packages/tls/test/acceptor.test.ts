import { connect as connectSocket, type AddressInfo } from "node:net";
import { duplexPair } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { pipe, type Connection } from "@aw/core";
import { fromNodeDuplex } from "@aw/node";
import { Authority } from "@aw/testing";
import { acceptor, client, connect, listen, server, type TlsConnection } from "@aw/tls";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { connectionPair } from "./connection-pair.ts";

const authority = await Authority.create();
const credentials = await authority.issue("localhost", ["localhost"]);
const { ca } = authority;
afterAll(() => authority.remove());

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const text = (connection: Connection): Promise<string> => new Response(connection.readable).text();
const pairOfMemory = (): [Connection, Connection] =>
  connectionPair(() => pipe({ capacity: 65_536 }));

/** Warnings that the process emits, instead of ending by an uncaught exception. */
function warned(): Promise<Error> {
  return new Promise((resolve) => process.once("warning", resolve));
}

describe("acceptor", () => {
  it("lets clients resume a session with any connection that it takes", async () => {
    const accepting = acceptor(credentials);
    let session: Buffer | undefined;
    const talk = async (): Promise<boolean> => {
      const [near, far] = pairOfMemory();
      const onSession = (latest: Buffer): void => {
        session = latest;
      };
      const [ours, theirs] = await Promise.all([
        client(near, { servername: "localhost", ca, session, onSession }),
        accepting.accept(far),
      ]);
      await Promise.all([ours.close(), theirs.close(), text(ours), text(theirs)]);
      return ours.resumed;
    };
    expect([await talk(), await talk()]).toEqual([false, true]);
  });

  it("takes new certificates, and gives one handshake up by its signal", async () => {
    const accepting = acceptor(credentials);
    accepting.reload(await authority.issue("other", ["other.example"]));
    const [near, far] = pairOfMemory();
    const [ours] = await Promise.all([
      client(near, { servername: "other.example", ca }),
      accepting.accept(far),
    ]);
    expect(ours.peerCertificate?.subjectAltName).toBe("DNS:other.example");
    ours.abort();
    const [silent] = duplexPair();
    const signal = AbortSignal.abort("enough");
    await expect(accepting.accept(fromNodeDuplex(silent), { signal })).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "enough",
    });
  });
});

describe("new certificates", () => {
  it.each([
    { certs: "" },
    { cert: "nonsense", key: "nonsense" },
    { pfx: "nonsense" },
    { hosts: [] },
  ])("that can't be used are refused, and the old ones stay: %j", async (given) => {
    const accepting = acceptor(credentials);
    expect(() => accepting.reload(given as object)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
    const [near, far] = pairOfMemory();
    const [ours, theirs] = await Promise.all([
      client(near, { servername: "localhost", ca }),
      accepting.accept(far),
    ]);
    expect(ours.authorized).toBe(true);
    ours.abort();
    theirs.abort();
  });

  it("are a certificate and its key", () => {
    const hosts = { "a.example": credentials };
    for (const half of [{ cert: credentials.cert }, { key: credentials.key }]) {
      expect(() => acceptor({ hosts }).reload(half)).toThrow(
        expect.objectContaining({ message: expect.stringContaining("together") as string }),
      );
    }
  });
});

describe("requireCloseNotify: false", () => {
  it.each([true, false])("an end without close_notify, required: %s", async (required) => {
    const [near, far] = duplexPair();
    const serving = server(fromNodeDuplex(near), {
      ...credentials,
      requireCloseNotify: required,
    });
    const theirs: TLSSocket = connectTls({ socket: far, ca, servername: "localhost" });
    theirs.on("error", () => {});
    const ours = await serving;
    await new Promise<void>((resolve) => theirs.write("all of it", () => resolve()));
    far.end();
    if (required) await expect(text(ours)).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
    else expect(await text(ours)).toBe("all of it");
    ours.abort();
    theirs.destroy();
  });
});

it("what was agreed on is known after the end, too", async () => {
  const [near, far] = pairOfMemory();
  const [ours, theirs] = await Promise.all([
    client(near, { servername: "localhost", ca }),
    server(far, credentials),
  ]);
  await Promise.all([ours.close(), theirs.close(), text(ours), text(theirs)]);
  expect([ours, theirs].map(({ protocol, resumed }) => [protocol, resumed])).toEqual([
    ["TLSv1.3", false],
    ["TLSv1.3", false],
  ]);
  expect(ours.cipher.name).toMatch(/^TLS_/);
  expect(ours.peerCertificate?.subject).toBe("CN=localhost");
  expect(theirs.servername).toBe("localhost");
});

describe("a listener", () => {
  async function listening(options: object): Promise<{
    port: number;
    listener: Awaited<ReturnType<typeof listen>>;
  }> {
    const listener = await listen({ ...credentials, ...options });
    cleanups.push(() => listener[Symbol.asyncDispose]());
    return { port: (listener.address as AddressInfo).port, listener };
  }

  it("refuses more handshakes at a time than it may have", async () => {
    const refused = Promise.withResolvers<Error>();
    const { port, listener } = await listening({ maxHandshakes: 2, onRefused: refused.resolve });
    const silent = [1, 2].map(() => connectSocket(port, "127.0.0.1").on("error", () => {}));
    while (listener.connections < 2) await new Promise((resolve) => setImmediate(resolve));
    await expect(connect({ port }, { ca })).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_AW_CONNECT/),
    });
    expect(await refused.promise).toMatchObject({
      code: "ERR_AW_LIMIT",
      message: expect.stringContaining("2 handshakes are under way (maxHandshakes)"),
    });
    for (const socket of silent) socket.destroy();
    while (listener.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    const ours = await connect({ port }, { ca });
    ours.abort();
  });

  it("refuses more connections than may wait for its loop", async () => {
    const { port, listener } = await listening({ maxWaiting: 1, idleTimeout: 10_000 });
    const first = await connect({ port }, { ca });
    while (listener.waiting < 1) await new Promise((resolve) => setImmediate(resolve));
    await expect(connect({ port }, { ca })).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_AW_CONNECT/),
    });
    expect([listener.refused, listener.waiting]).toEqual([1, 1]);
    first.abort();
    while (listener.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
    const next = await connect({ port }, { ca });
    next.abort();
  });

  it("goes on when onRefused or keylog throw, and says so", async () => {
    const thrown = (): never => {
      throw new Error("a fault of the user's");
    };
    const { port, listener } = await listening({ onRefused: thrown, keylog: thrown });
    const warning = warned();
    connectSocket(port, "127.0.0.1")
      .on("error", () => {})
      .end("GET / HTTP/1.1\r\n\r\n");
    expect(await warning).toMatchObject({ message: "a fault of the user's" });
    const iterator = listener[Symbol.asyncIterator]();
    const ours = await connect({ port }, { ca });
    const { value: theirs } = (await iterator.next()) as { value: TlsConnection };
    await theirs.close();
    expect(await text(ours)).toBe("");
    ours.abort();
  });

  it.each([
    {},
    { cert: "", key: undefined },
    { cert: credentials.cert },
    { key: credentials.key },
    { hosts: {} },
    { ...credentials, hosts: [] },
    { ...credentials, ALPNProtocol: ["h2"] },
    { ...credentials, maxHandshakes: 0 },
    { ...credentials, requestCert: 1 },
  ])("without what it needs, or with what can't be meant, is refused: %#", async (options) => {
    await expect(listen(options as object)).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
    expect(() => acceptor(options as object)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });
});

describe("a client", () => {
  it("needs to know whose certificate to expect, an empty name is none", async () => {
    const [near] = pairOfMemory();
    await expect(client(near, { servername: "", ca })).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
  });

  it("may check itself whose certificate it is, and needs no name for that", async () => {
    const [near, far] = pairOfMemory();
    const checked: string[] = [];
    const checkServerIdentity = (_host: string, { subject }: { subject: object }): undefined => {
      checked.push(JSON.stringify(subject));
    };
    const [ours, theirs] = await Promise.all([
      client(near, { ca, checkServerIdentity }),
      server(far, credentials),
    ]);
    expect(checked).toHaveLength(1);
    ours.abort();
    theirs.abort();
  });

  it.each([
    { servernam: "localhost" },
    { minVersion: "TLSv1.3", maxVersion: "TLSv1.2" },
    { session: 5 },
    // One that was kept as JSON.
    { session: Buffer.from("a session").toJSON() },
  ])("is refused what can't be meant: %j", async (options) => {
    const [near] = pairOfMemory();
    await expect(
      client(near, { servername: "localhost", ca, ...(options as object) }),
    ).rejects.toMatchObject({ code: "ERR_AW_INVALID_ARGUMENT" });
  });

  it("whose signal has fired sends nothing", async () => {
    const [near, far] = duplexPair();
    const signal = AbortSignal.abort("enough");
    await expect(
      client(fromNodeDuplex(near), { servername: "localhost", ca, signal }),
    ).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(far.readableLength).toBe(0);
  });

  it("is refused what only Node finds out, and leaves no connection behind", async () => {
    const [near, far] = duplexPair();
    const ALPNProtocols = ["x".repeat(256)];
    await expect(
      client(fromNodeDuplex(near), { servername: "localhost", ca, ALPNProtocols }),
    ).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringMatching(/^tls: .*protocol/) as string,
      cause: { code: "ERR_OUT_OF_RANGE" },
    });
    expect(near.destroyed).toBe(true);
    far.destroy();
  });

  it("and a server whose signals have not fired connect, and the signals mean nothing then", async () => {
    const [near, far] = pairOfMemory();
    const [ofClient, ofServer] = [new AbortController(), new AbortController()];
    const [ours, theirs] = await Promise.all([
      client(near, { servername: "localhost", ca, signal: ofClient.signal }),
      acceptor(credentials).accept(far, { signal: ofServer.signal }),
    ]);
    ofClient.abort();
    ofServer.abort();
    await ours.writeAll("still here");
    await ours.close();
    expect(await text(theirs)).toBe("still here");
    theirs.abort();
  });

  it("whose own check of the certificate throws does not connect", async () => {
    const [near, far] = pairOfMemory();
    const serving = server(far, credentials).catch(() => {});
    const checkServerIdentity = (): never => {
      throw new Error("not this one");
    };
    await expect(
      client(near, { servername: "localhost", ca, checkServerIdentity }),
    ).rejects.toMatchObject({ cause: expect.objectContaining({ message: "not this one" }) });
    (await serving)?.abort();
  });

  it("goes on when onSession throws", async () => {
    const [near, far] = pairOfMemory();
    const onSession = (): never => {
      throw new Error("no room for tickets");
    };
    const warning = warned();
    const [ours, theirs] = await Promise.all([
      client(near, { servername: "localhost", ca, onSession }),
      server(far, credentials),
    ]);
    await theirs.writeAll("hello");
    await theirs.close();
    expect(await text(ours)).toBe("hello");
    expect(await warning).toMatchObject({ message: "no room for tickets" });
    ours.abort();
  });
});

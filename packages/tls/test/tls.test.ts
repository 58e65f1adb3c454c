import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { AsyncWriteError, buffered, PENDING, pipe, type Connection, type Waker } from "@aw/core";
import { fromNodeDuplex } from "@aw/node";
import { client, connect, listen, server, type ListenOptions, type TlsConnection } from "@aw/tls";
import { Authority, selfSigned, type Certificate } from "@aw/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectionPair } from "./connection-pair.ts";

const NOOP: Waker = { wake() {} };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

let authority: Authority;
let localhost: Certificate;
beforeAll(async () => {
  authority = await Authority.create();
  localhost = await authority.issue("localhost", ["localhost", "127.0.0.1"]);
});
afterAll(() => authority.remove());

/** An issued certificate with its key in one file of the other form, as openssl makes them. */
function pkcs12(name: string): Buffer {
  const files = ["-in", `${name}.pem`, "-inkey", `${name}.key`, "-out", `${name}.p12`];
  const options = { cwd: authority.folder, stdio: "pipe" } as const;
  execFileSync("openssl", ["pkcs12", "-export", ...files, "-passout", "pass:"], options);
  return readFileSync(authority.path(`${name}.p12`));
}

/** Our server, and its port. What it refuses is remembered. */
async function serving(options: Partial<ListenOptions> = {}): Promise<{
  port: number;
  next: () => Promise<TlsConnection>;
  refused: AsyncWriteError[];
  listener: Awaited<ReturnType<typeof listen>>;
}> {
  const refused: AsyncWriteError[] = [];
  const listener = await listen({
    ...localhost,
    onRefused: (error) => refused.push(error),
    ...options,
  });
  cleanups.push(() => listener[Symbol.asyncDispose]());
  const iterator = listener[Symbol.asyncIterator]();
  const next = async (): Promise<TlsConnection> =>
    ((await iterator.next()) as { value: TlsConnection }).value;
  return { port: (listener.address as AddressInfo).port, next, refused, listener };
}

async function pair(
  serverOptions: Partial<ListenOptions> = {},
  clientOptions: Parameters<typeof connect>[1] = {},
): Promise<{ ours: TlsConnection; peer: TlsConnection }> {
  const { port, next } = await serving(serverOptions);
  const connecting = connect({ port }, { ca: authority.ca, ...clientOptions });
  const [ours, peer] = await Promise.all([connecting, next()]);
  cleanups.push(() => ours.abort());
  return { ours, peer };
}

/** However it ends: what is told to such a peer is not what these tests are about. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => {}).on("close", () => resolve());
    socket.resume();
  });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const text = (connection: Connection): Promise<string> => new Response(connection.readable).text();

describe.each(["TLSv1.2", "TLSv1.3"] as const)("%s", (version) => {
  const options = { minVersion: version, maxVersion: version };

  it("delivers, closes one direction, and still takes the answer", async () => {
    const { ours, peer } = await pair(options);
    expect(ours.protocol).toBe(version);
    expect(String(buffered(ours))).toMatch(/^buffered\(64 KiB\) > tls > tcp localhost:\d+$/);
    const question = text(peer);
    await ours.writeAll("hello ");
    await ours.writeAll("x".repeat(1_000_000));
    await ours.close();
    expect(await question).toBe(`hello ${"x".repeat(1_000_000)}`);
    await peer.writeAll("answer");
    await peer.close();
    expect(await text(ours)).toBe("answer");
  });

  it("a cut inside a record is TRUNCATED, also after as many bytes as close_notify has", async () => {
    const { port, next } = await serving(options);
    const raw = connectSocket({ port, host: "127.0.0.1" });
    const tls = connectTls({ socket: raw, ca: authority.ca, servername: "localhost" });
    for (const stream of [raw, tls]) stream.on("error", () => {});
    await once(tls, "secureConnect");
    const reading = text(await next());
    await new Promise((resolve) => tls.write("not all of it", resolve));
    // The header of a record of 16 KiB, and its first bytes.
    raw.end(Buffer.concat([Buffer.from("1703034000", "hex"), randomBytes(19)]));
    await expect(reading).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
  });

  it("a stream that ends without close_notify is TRUNCATED to the reader", async () => {
    const { port, next } = await serving(options);
    const raw = connectSocket({ port, host: "127.0.0.1" });
    const tls = connectTls({ socket: raw, ca: authority.ca, servername: "localhost" });
    for (const stream of [raw, tls]) stream.on("error", () => {});
    await once(tls, "secureConnect");
    const peer = await next();
    const reader = peer.readable.getReader();
    // With the callback, the record is with the kernel before the FIN that follows it.
    await new Promise((resolve) => tls.write("not all of it", resolve));
    raw.end();
    await once(raw, "finish");
    await turn();
    // What came before is not lost, and our own direction goes on.
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("not all of it");
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
    await peer.writeAll("I can still answer");
    await peer.flush();
    peer.abort();
  });

  it("verifies the client's certificate where it is demanded", async () => {
    const person = await authority.issue("person", ["person.example"]);
    const { ours, peer } = await pair(
      { ...options, ca: authority.ca, requestCert: true },
      { ...person },
    );
    expect(peer.authorized).toBe(true);
    expect(peer.peerCertificate?.subject).toBe("CN=person.example");
    expect(ours.peerCertificate?.subject).toBe("CN=localhost");
  });

  it("refuses a client without a certificate: both sides say so", async () => {
    const { port, refused } = await serving({ ...options, ca: authority.ca, requestCert: true });
    // In TLS 1.3 the client is done before the server has looked; it hears of it at once after.
    const outcome = await connect({ port }, { ca: authority.ca })
      .then((ours) => text(ours))
      .catch((error: unknown) => error);
    expect(outcome).toMatchObject({ code: "ERR_AW_TLS" });
    expect(refused[0]).toMatchObject({
      code: "ERR_AW_TLS",
      message: expect.stringContaining("the client has no certificate"),
    });
  });

  it("resumes a session", async () => {
    const { port, next } = await serving(options);
    let session: Buffer | undefined;
    const ticket = Promise.withResolvers<void>();
    const first = await connect(
      { port },
      {
        ca: authority.ca,
        onSession: (latest) => {
          session = latest;
          ticket.resolve();
        },
      },
    );
    expect(first.resumed).toBe(false);
    await (await next()).writeAll("x");
    await ticket.promise;
    first.abort();
    const second = await connect({ port }, { ca: authority.ca, session });
    expect(second.resumed).toBe(true);
    expect((await next()).resumed).toBe(true);
    second.abort();
  });
});

describe("verification", () => {
  const failing = async (
    serverOptions: Partial<ListenOptions>,
    clientOptions: Parameters<typeof connect>[1],
  ): Promise<unknown> => {
    const { port } = await serving(serverOptions);
    return connect({ port }, { ca: authority.ca, ...clientOptions }).catch((e: unknown) => e);
  };

  it("refuses another host's certificate", async () => {
    expect(await failing({}, { servername: "other.example" })).toMatchObject({
      code: "ERR_AW_TLS",
      message: expect.stringMatching(/for another host: .*other\.example/),
      cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
  });

  it("refuses an expired certificate", async () => {
    const old = await authority.issue("old", ["localhost"], -1);
    expect(await failing(old, {})).toMatchObject({
      code: "ERR_AW_TLS",
      message: expect.stringContaining("has expired"),
      cause: { code: "CERT_HAS_EXPIRED" },
    });
  });

  it("refuses a certificate by an unknown authority, unless told not to verify", async () => {
    const unknown = await failing({}, { ca: [] });
    expect(unknown).toMatchObject({
      code: "ERR_AW_TLS",
      cause: { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
    });
    const { ours } = await pair({}, { ca: [], rejectUnauthorized: false });
    expect(ours.authorized).toBe(false);
  });

  it("refuses a self-signed certificate", async () => {
    const self = await selfSigned("localhost");
    expect(await failing(self, { ca: [] })).toMatchObject({
      code: "ERR_AW_TLS",
      message: expect.stringContaining("self-signed"),
      cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
  });

  it("refuses a client whose certificate is by an unknown authority", async () => {
    const stranger = await Authority.create();
    cleanups.push(() => stranger.remove());
    const { port, refused } = await serving({ ca: authority.ca, requestCert: true });
    const outcome = await connect(
      { port },
      { ca: authority.ca, ...(await stranger.issue("stranger", ["stranger.example"])) },
    )
      .then((ours) => text(ours))
      .catch((error: unknown) => error);
    expect(AsyncWriteError.is(outcome)).toBe(true);
    expect(refused[0]).toMatchObject({
      code: "ERR_AW_TLS",
      message: expect.stringContaining("authority of the certificate is unknown"),
    });
  });

  it("verifies an address too, without SNI", async () => {
    const { port, next } = await serving();
    const ours = await connect({ host: "127.0.0.1", port }, { ca: authority.ca });
    expect(ours.authorized).toBe(true);
    expect((await next()).servername).toBeUndefined();
    ours.abort();
  });

  it("says that no version and no ALPN protocol is in common", async () => {
    expect(await failing({ minVersion: "TLSv1.3" }, { maxVersion: "TLSv1.2" })).toMatchObject({
      code: "ERR_AW_TLS",
      message: expect.stringContaining("no TLS version in common"),
    });
    expect(await failing({ ALPNProtocols: ["log/1"] }, { ALPNProtocols: ["log/2"] })).toMatchObject(
      {
        code: "ERR_AW_TLS",
        message: expect.stringContaining("no ALPN protocol in common"),
      },
    );
  });

  it("says that the peer does not speak TLS", async () => {
    const plain = createServer((socket) => socket.end("220 hello, this is not TLS\r\n"));
    await once(plain.listen(0, "127.0.0.1"), "listening");
    cleanups.push(() => plain.close());
    const { port } = plain.address() as AddressInfo;
    await expect(connect({ port, host: "127.0.0.1" })).rejects.toMatchObject({
      code: "ERR_AW_TLS",
      message: expect.stringContaining("does not speak TLS"),
    });
    const { port: ours, refused } = await serving();
    const http = connectSocket(ours, "127.0.0.1");
    http.write("GET / HTTP/1.1\r\n\r\n");
    await closed(http);
    expect(refused[0]).toMatchObject({
      code: "ERR_AW_TLS",
      message: expect.stringContaining("speaks HTTP"),
    });
  });
});

describe("choosing", () => {
  it("settles on an ALPN protocol, the server's order first", async () => {
    const { ours, peer } = await pair(
      { ALPNProtocols: ["log/2", "log/1"] },
      { ALPNProtocols: ["log/1", "log/2"] },
    );
    expect(ours.alpnProtocol).toBe("log/2");
    expect(peer.alpnProtocol).toBe("log/2");
  });

  it("chooses a certificate by SNI, wildcards too", async () => {
    const hosts = {
      "a.example": await authority.issue("a", ["a.example"]),
      "*.b.example": await authority.issue("b", ["*.b.example"]),
    };
    const { port, next } = await serving({ hosts });
    for (const [servername, subject] of [
      ["a.example", "CN=a.example"],
      ["x.b.example", "CN=*.b.example"],
      ["localhost", "CN=localhost"],
    ] as const) {
      const ours = await connect({ port }, { ca: authority.ca, servername });
      expect(ours.peerCertificate?.subject).toBe(subject);
      expect((await next()).servername).toBe(servername);
      ours.abort();
    }
  });

  it("takes new certificates without a restart; open connections go on", async () => {
    const { port, next, listener } = await serving();
    const before = await connect({ port }, { ca: authority.ca });
    const peer = await next();
    listener.reload(await authority.issue("renewed", ["localhost", "renewed.example"]));
    const after = await connect({ port }, { ca: authority.ca, servername: "renewed.example" });
    expect(after.peerCertificate?.subjectAltName).toContain("renewed.example");
    expect(() => listener.reload({ cert: "nonsense", key: "nonsense" })).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
    await before.writeAll("still here");
    await before.close();
    expect(await text(peer)).toBe("still here");
    after.abort();
  });

  it("takes new certificates by host name, in any form", async () => {
    const { port, next, listener } = await serving({
      pfx: pkcs12("localhost"),
      cert: undefined,
      key: undefined,
      hosts: { "a.example": await authority.issue("a1", ["a.example", "old.example"]) },
    });
    const presented = async (servername: string): Promise<string | undefined> => {
      const ours = await connect({ port }, { ca: authority.ca, servername });
      const names = ours.peerCertificate?.subjectAltName;
      (await next()).abort();
      ours.abort();
      return names;
    };
    expect(await presented("localhost")).toContain("DNS:localhost");
    expect(await presented("A.example")).toContain("DNS:old.example");
    listener.reload({ hosts: { "a.example": await authority.issue("a2", ["a.example"]) } });
    expect(await presented("localhost")).toContain("DNS:localhost");
    expect(await presented("a.example")).toBe("DNS:a.example");
    listener.reload(await authority.issue("renewed", ["localhost", "renewed.example"]));
    expect(await presented("localhost")).toContain("renewed.example");
    await authority.issue("again", ["localhost", "again.example"]);
    listener.reload({ pfx: pkcs12("again") });
    expect(await presented("localhost")).toContain("again.example");
    expect(await presented("a.example")).toBe("DNS:a.example");
  });

  it("demands a client's certificate by the same authority at every host name", async () => {
    const person = await authority.issue("person", ["person.example"]);
    const hosts = { "a.example": await authority.issue("a", ["a.example"]) };
    const options = { ca: authority.ca, requestCert: true, hosts };
    const { ours, peer } = await pair(options, { ...person, servername: "a.example" });
    expect(ours.peerCertificate?.subject).toBe("CN=a.example");
    expect(peer.authorized).toBe(true);
    expect(peer.peerCertificate?.subject).toBe("CN=person.example");
  });

  it("gives the key log to both ends", async () => {
    const lines: string[] = [];
    const keylog = (line: Buffer): void => void lines.push(String(line));
    await pair({ keylog }, { keylog });
    const secrets = lines.filter((line) => line.startsWith("CLIENT_HANDSHAKE_TRAFFIC_SECRET"));
    expect(secrets).toHaveLength(2);
    expect(secrets[0]?.trim()).toBe(secrets[1]?.trim());
  });
});

describe("over any connection", () => {
  it.each([4096, 7])("works over an in-memory pair of %i bytes", async (capacity) => {
    const [left, right] = connectionPair(() => pipe({ capacity }));
    const [ours, peer] = await Promise.all([
      client(left, { servername: "localhost", ca: authority.ca }),
      server(right, localhost),
    ]);
    expect(String(ours)).toMatch(/^tls > /);
    const data = randomBytes(100_000);
    const reading = new Response(peer.readable).bytes();
    await ours.writeAll(data);
    await ours.close();
    expect(Buffer.compare(await reading, data)).toBe(0);
    await peer.writeAll("thanks");
    await peer.close();
    expect(await text(ours)).toBe("thanks");
  });

  it("flushes what is below: every byte of a flush can be read", async () => {
    const [left, right] = connectionPair(() => pipe({ capacity: 1 << 20 }));
    const [ours, peer] = await Promise.all([
      client(left, { servername: "localhost", ca: authority.ca }),
      server(right, localhost),
    ]);
    const reader = peer.readable.getReader();
    for (const word of ["one", "two", "three"]) {
      await ours.writeAll(word);
      await ours.flush();
      const { value } = await reader.read();
      expect(Buffer.from(value as Uint8Array).toString()).toBe(word);
    }
    ours.abort();
  });

  it("an abort is no end: no close_notify reaches the peer", async () => {
    const [left, right] = connectionPair(() => pipe({ capacity: 1 << 20 }));
    const [ours, peer] = await Promise.all([
      client(left, { servername: "localhost", ca: authority.ca }),
      server(right, localhost),
    ]);
    await ours.writeAll("half a message");
    await ours.flush();
    ours.abort("changed my mind");
    await expect(text(peer)).rejects.toBeInstanceOf(AsyncWriteError);
  });
});

describe("faults", () => {
  it("a reset in the middle of a write fails both directions", async () => {
    const { ours, peer } = await pair();
    const reading = text(ours).catch((error: unknown) => error);
    const writing = ours.writeAll(randomBytes(64 << 20)).catch((error: unknown) => error);
    peer.abort();
    const code = expect.stringMatching(/CONNECTION_RESET|BROKEN_PIPE/);
    expect(await writing).toMatchObject({ code });
    expect(await reading).toMatchObject({ code });
    expect(ours.state).toBe("failed");
  });

  it("takes only what slabs and kernel hold while the peer does not read, then delivers all", async () => {
    const { ours, peer } = await pair();
    const chunk = randomBytes(1 << 20);
    let accepted = 0;
    for (let full = 0; full < 200; full++) {
      const n = ours.pollWrite(NOOP, chunk.subarray(accepted % chunk.length));
      if (n === PENDING) {
        await new Promise((resolve) => setImmediate(resolve));
      } else {
        accepted += n;
        full = 0;
      }
      expect(accepted).toBeLessThan(16 << 20);
    }
    const hash = createHash("sha256");
    const closing = ours.close();
    let received = 0;
    for await (const data of peer.readable) {
      hash.update(data);
      received += data.length;
    }
    await closing;
    expect(received).toBe(accepted);
    const expected = createHash("sha256");
    for (let rest = accepted; rest > 0; rest -= chunk.length) {
      expected.update(chunk.subarray(0, Math.min(rest, chunk.length)));
    }
    expect(hash.digest("hex")).toBe(expected.digest("hex"));
  });

  it("the peer half-closes first; we go on", async () => {
    const { ours, peer } = await pair();
    await peer.writeAll("all I have");
    await peer.close();
    expect(await text(ours)).toBe("all I have");
    const reading = text(peer);
    await ours.writeAll("and I");
    await ours.close();
    expect(await reading).toBe("and I");
  });

  it("the peer closes during the handshake", async () => {
    const rude = createServer((socket) => {
      socket.on("error", () => {}).once("data", () => socket.end());
    });
    await once(rude.listen(0, "127.0.0.1"), "listening");
    cleanups.push(() => rude.close());
    const { port } = rude.address() as AddressInfo;
    await expect(connect({ host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "ERR_AW_TRUNCATED",
      message: expect.stringContaining("closed the connection before it was done"),
    });
    const { port: ours, refused } = await serving();
    const socket = connectSocket(ours, "127.0.0.1", () => socket.end());
    await closed(socket);
    expect(refused[0]).toMatchObject({ code: "ERR_AW_TRUNCATED" });
  });

  it("a peer that says nothing runs into the handshake's deadline, at either end", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.on("error", () => {})));
    await once(silent.listen(0, "127.0.0.1"), "listening");
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    await expect(
      connect({ host: "127.0.0.1", port }, { handshakeTimeout: 20 }),
    ).rejects.toMatchObject({ code: "ERR_AW_TIMEOUT" });
    const { port: ours, refused } = await serving({ handshakeTimeout: 20 });
    await closed(connectSocket(ours, "127.0.0.1"));
    expect(refused[0]).toMatchObject({ code: "ERR_AW_TIMEOUT" });
  });

  it("a signal aborts the handshake", async () => {
    const silent = createServer((socket) => socket.on("error", () => {}));
    await once(silent.listen(0, "127.0.0.1"), "listening");
    cleanups.push(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const socket = connectSocket({ port, host: "127.0.0.1", allowHalfOpen: true });
    await once(socket, "connect");
    const controller = new AbortController();
    const shaking = client(fromNodeDuplex(socket), {
      servername: "localhost",
      signal: controller.signal,
    });
    controller.abort("no time");
    await expect(shaking).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "no time" });
    expect(socket.destroyed).toBe(true);
  });

  it("an idle connection ends by its idle timeout", async () => {
    const { ours, peer } = await pair({ idleTimeout: 20 });
    await expect(text(peer)).rejects.toMatchObject({ code: "ERR_AW_TIMEOUT" });
    await expect(text(ours)).rejects.toBeInstanceOf(AsyncWriteError);
  });
});

it("close resolves however often it is called, the last connection being aborted at that moment", async () => {
  const { port, next, listener } = await serving();
  const ours = await connect({ port }, { ca: authority.ca });
  (await next()).abort();
  listener.abort();
  await listener.close();
  await listener.close();
  await listener[Symbol.asyncDispose]();
  expect(listener.connections).toBe(0);
  ours.abort();
});

describe("options", () => {
  it.each([
    { cert: "nonsense", key: "nonsense" },
    { ciphers: "none-such" },
    { ecdhCurve: "none-such" },
    { pfx: "nonsense" },
    { crl: "nonsense" },
    { checkServerIdentity: "nobody" },
    { keylog: "keys.log" },
    { onSession: "later" },
    { servername: 5 },
    { idleTimeout: "9" },
  ])("of a client are refused before anybody is connected to: %o", async (options) => {
    // Nobody listens there: a connection that is tried is refused.
    const { port } = await listen(localhost).then(async (listener) => {
      await listener.close();
      return listener.address as AddressInfo;
    });
    await expect(connect({ port }, options as object)).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
  });

  it("that are undefined are as those that are left out", async () => {
    const names =
      "ALPNProtocols cert checkServerIdentity ciphers crl ecdhCurve handshakeTimeout honorCipherOrder " +
      "idleTimeout keepAlive key keylog localAddress lookup maxVersion minVersion noDelay onSession " +
      "passphrase pfx rejectUnauthorized secureContext servername session sigalgs signal timeout";
    const options = Object.fromEntries(names.split(" ").map((name) => [name, undefined]));
    const { ours } = await pair({}, options);
    expect(ours.authorized).toBe(true);
  });

  it("refuses what can't be meant, at once", async () => {
    const error = { code: "ERR_AW_INVALID_ARGUMENT" };
    const [left] = connectionPair(() => pipe({ capacity: 64 }));
    await expect(client(left, {})).rejects.toMatchObject(error);
    await expect(connect({ port: 1 }, { minVersion: "TLSv1" })).rejects.toMatchObject(error);
    await expect(connect({ port: 1 }, { handshakeTimeout: 0 })).rejects.toMatchObject(error);
    await expect(listen({ cert: "nonsense", key: "nonsense" })).rejects.toMatchObject(error);
    await expect(
      listen({ ...localhost, hosts: { "a.example": { cert: "nonsense" } } }),
    ).rejects.toMatchObject(error);
    await expect(
      listen({ ...localhost, minVersion: "TLSv1.3", maxVersion: "TLSv1.2" }),
    ).rejects.toMatchObject(error);
  });
});

import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { connect, listen, type TlsConnection } from "@aw/tls";
import { Authority } from "@aw/testing";
import { afterAll, afterEach, describe, expect, it } from "vitest";

const authority = await Authority.create();
const { cert, key } = await authority.issue("localhost", ["localhost"]);
const person = await authority.issue("person", ["person.example"]);
afterAll(() => authority.remove());

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function run(
  command: string,
  ...args: string[]
): ChildProcess & {
  stdin: NodeJS.WritableStream;
  stdout: NodeJS.ReadableStream;
  stderr: NodeJS.ReadableStream;
} {
  const child = spawn(command, args, { cwd: authority.folder, stdio: "pipe" });
  child.stdin.on("error", () => {});
  child.stderr.resume();
  children.push(child);
  return child;
}

/** A port that was free a moment ago: these tools can't say which one they took. */
async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Connects as soon as the tool listens. */
async function connectSoon(port: number, options: object = {}): Promise<TlsConnection> {
  for (;;) {
    try {
      return await connect({ port, host: "127.0.0.1" }, { ...trusting, ...options });
    } catch (error) {
      if ((error as { code: string }).code !== "ERR_AW_CONNECT") throw error;
    }
  }
}

async function digest(chunks: AsyncIterable<Uint8Array | string>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

/** The next so many bytes. */
async function take({ readable }: TlsConnection, length: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const reader = readable.getReader();
  for (let rest = length; rest > 0;) {
    const { value } = await reader.read();
    if (value === undefined) throw new Error(`the stream ended ${rest} bytes early`);
    chunks.push(value);
    rest -= value.length;
  }
  reader.releaseLock();
  return Buffer.concat(chunks);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const trusting = { ca: authority.ca, servername: "localhost" };
const data = randomBytes(3_000_001);
const certificate = ["-cert", "localhost.pem", "-key", "localhost.key"];
const versions = [
  ["TLSv1.2", "-tls1_2"],
  ["TLSv1.3", "-tls1_3"],
] as const;

describe.each(versions)("openssl over %s", (version, flag) => {
  it("s_server reads what we write and writes what we read, byte for byte", async () => {
    const port = await freePort();
    const tool = run("openssl", "s_server", "-quiet", flag, ...certificate, "-accept", `${port}`);
    const reading = digest(tool.stdout);
    const ours = await connectSoon(port);
    expect(ours.protocol).toBe(version);
    tool.stdin.write(data);
    // It ends as soon as we do: so first what it has to say, then our end.
    const [received] = await Promise.all([take(ours, data.length), ours.writeAll(data)]);
    expect(sha256(received)).toBe(sha256(data));
    await ours.close();
    // Everything has come when it has answered with its own end.
    await expect(take(ours, 1)).rejects.toThrow();
    tool.kill();
    expect(await reading).toBe(sha256(data));
  });

  it("s_server demands a client certificate: with one it works, without one it says so", async () => {
    const port = await freePort();
    const verify = ["-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem"];
    const tool = run(
      "openssl",
      "s_server",
      "-www",
      flag,
      ...certificate,
      ...verify,
      "-accept",
      `${port}`,
    );
    tool.stdout.resume();
    const ours = await connectSoon(port, person);
    await ours.writeAll("GET / HTTP/1.0\r\n\r\n");
    expect(await new Response(ours.readable).text()).toContain("HTTP/1.0 200 ok");
    // It serves one after the other.
    ours.abort();
    const without = await connectSoon(port)
      .then(({ readable }) => new Response(readable).text())
      .catch((error: unknown) => error);
    expect(without).toMatchObject({ code: "ERR_AW_TLS" });
  });

  it("s_client reads what we write and writes what we read", async () => {
    const listener = await listen({ cert, key, minVersion: version, maxVersion: version });
    const { port } = listener.address as AddressInfo;
    const verify = ["-CAfile", "ca.pem", "-verify_return_error", "-servername", "localhost"];
    const tool = run(
      "openssl",
      "s_client",
      "-quiet",
      flag,
      ...verify,
      "-connect",
      `localhost:${port}`,
    );
    const reading = digest(tool.stdout);
    const { value } = (await listener[Symbol.asyncIterator]().next()) as { value: TlsConnection };
    tool.stdin.write(data);
    expect(sha256(await take(value, data.length))).toBe(sha256(data));
    await value.writeAll(data);
    await value.close();
    expect(await reading).toBe(sha256(data));
    listener.abort();
  });
});

describe.each(versions)("socat over %s", (version) => {
  const only = { minVersion: version, maxVersion: version };

  it("echoes through its TLS server", async () => {
    const port = await freePort();
    writeFileSync(authority.path("both.pem"), key + cert);
    run("socat", `OPENSSL-LISTEN:${port},cert=both.pem,verify=0,fork`, "SYSTEM:cat");
    const ours = await connectSoon(port, only);
    const reading = digest(ours.readable);
    await ours.writeAll(data);
    await ours.close();
    expect(await reading).toBe(sha256(data));
  });

  it("echoes through its TLS client", async () => {
    const listener = await listen({ cert, key, ...only });
    const { port } = listener.address as AddressInfo;
    const target = `OPENSSL:localhost:${port},cafile=ca.pem,commonname=localhost`;
    run("socat", target, "SYSTEM:cat");
    const { value } = (await listener[Symbol.asyncIterator]().next()) as { value: TlsConnection };
    const reading = digest(value.readable);
    await value.writeAll(data);
    await value.close();
    expect(await reading).toBe(sha256(data));
    listener.abort();
  });
});

describe.each(versions)("stunnel over %s", (version) => {
  const only = { minVersion: version, maxVersion: version };

  it("between our client and a plain echo, and between a plain client and our server", async () => {
    const echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => {});
      socket.pipe(socket);
    });
    await once(echo.listen(0, "127.0.0.1"), "listening");
    const listener = await listen({ cert, key, ...only });
    const [towards, from] = [await freePort(), await freePort()];
    writeFileSync(
      authority.path("stunnel.conf"),
      `foreground = yes
pid =
[server]
accept = 127.0.0.1:${towards}
connect = 127.0.0.1:${(echo.address() as AddressInfo).port}
cert = localhost.pem
key = localhost.key
[client]
client = yes
accept = 127.0.0.1:${from}
connect = 127.0.0.1:${(listener.address as AddressInfo).port}
CAfile = ca.pem
verifyChain = yes
checkHost = localhost
`,
    );
    run("stunnel4", "stunnel.conf");
    const ours = await connectSoon(towards, only);
    const echoed = digest(ours.readable);
    await ours.writeAll(data);
    await ours.close();
    expect(await echoed).toBe(sha256(data));

    // And the other way: a plain peer behind stunnel talks to our server.
    const plain = run("socat", "-t", "10", "-", `TCP:127.0.0.1:${from}`);
    const answer = digest(plain.stdout);
    plain.stdin.end(data);
    const { value } = (await listener[Symbol.asyncIterator]().next()) as { value: TlsConnection };
    expect(await digest(value.readable)).toBe(sha256(data));
    await value.writeAll("got it");
    await value.close();
    expect(await answer).toBe(sha256(Buffer.from("got it")));
    listener.abort();
    echo.close();
  });
});

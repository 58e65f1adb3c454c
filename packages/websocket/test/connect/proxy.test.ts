import { once } from "node:events";
import { Agent, createServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { connect as connectSocket, type AddressInfo, type Socket } from "node:net";
import { attach, connect, listen, type UpgradeError } from "@aw/websocket";
import { selfSigned } from "@aw/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { after, bytesOf, failureOf, leavingNothing, next, portOf, textOf } from "../instruments.ts";

afterEach(() => void vi.unstubAllEnvs());

const OPENED = "HTTP/1.1 200 OK\r\n\r\n";
const DENIED = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";

/** A forward proxy that only tunnels, as those of companies do for what is not plain HTTP. */
async function tunnels(answer = OPENED) {
  const asked: { target: string | undefined; authorization: string | undefined }[] = [];
  const server: Server = createServer((_request, response) => response.writeHead(405).end());
  const sockets = new Set<Socket>();
  server.on("connect", ({ url, headers }, socket: Socket) => {
    asked.push({ target: url, authorization: headers["proxy-authorization"] });
    socket.on("error", () => {});
    sockets.add(socket);
    if (!answer.startsWith("HTTP/1.1 2")) {
      socket.end(answer);
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const upstream = connectSocket(Number(port), hostname, () => socket.write(answer));
    sockets.add(upstream);
    upstream.on("error", () => {});
    upstream.pipe(socket).pipe(upstream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A listener for `wss:` whose certificate is for one host. */
async function secureListener(host: string) {
  const { cert, key } = await selfSigned(host);
  const server = createHttpsServer({ cert, key });
  const listener = attach(server);
  let sockets = 0;
  const named: unknown[] = [];
  server.on("connection", () => sockets++);
  server.on("secureConnection", (tls: TLSSocket) => {
    named.push((tls as { servername?: unknown }).servername);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    listener.abort();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { listener, ca: cert, named, sockets: () => sockets };
}

function deepest(error: unknown): unknown {
  const { cause } = error as { cause?: unknown };
  return cause === undefined ? error : deepest(cause);
}

function useProxy(url: string): void {
  for (const name of ["http_proxy", "https_proxy", "no_proxy", "NO_PROXY"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("NODE_USE_ENV_PROXY", "1");
  vi.stubEnv("HTTP_PROXY", url);
  vi.stubEnv("HTTPS_PROXY", url);
}

describe("connect", () => {
  it("opens its socket by the agent it was given", async () => {
    const listener = await listen();
    after(() => listener.abort());
    const agent = new Agent();
    const created = vi.spyOn(agent, "createConnection");
    const client = await connect(`ws://127.0.0.1:${portOf(listener)}`, { agent });
    await client.close();
    expect(created).toHaveBeenCalledTimes(1);
  });

  it(
    "goes through the proxy of the environment, with its credentials",
    leavingNothing(async () => {
      const proxy = await tunnels();
      useProxy(proxy.url.replace("http://", "http://ann:p%40ss@"));
      const listener = await listen();
      after(() => listener.abort());
      const port = portOf(listener);
      const client = await connect(`ws://127.0.0.1:${port}/`);
      await client.writeAll("through");
      const reading = textOf((await next(listener)).readable);
      await client.close();
      expect(await reading).toBe("through");
      const authorization = `Basic ${Buffer.from("ann:p@ss").toString("base64")}`;
      expect(proxy.asked).toEqual([{ target: `127.0.0.1:${port}`, authorization }]);
    }),
  );

  it(
    "speaks TLS to the server, not to the proxy",
    leavingNothing(async () => {
      const proxy = await tunnels();
      useProxy(proxy.url);
      const { listener, ca } = await secureListener("127.0.0.1");
      const url = `wss://127.0.0.1:${portOf(listener)}/`;
      const client = await connect(url, { tls: { ca } });
      const reading = bytesOf((await next(listener)).readable);
      await client.writeAll(new Uint8Array(300_000));
      await client.close();
      expect(await reading).toHaveLength(300_000);
      expect(proxy.asked).toHaveLength(1);
      expect((await failureOf(connect(url))).code).toBe("ERR_AW_TLS");
    }),
  );

  it.each([
    ["ws://a.example/", "a.example:80"],
    ["http://a.example/", "a.example:80"],
    ["wss://a.example/", "a.example:443"],
    ["https://a.example/", "a.example:443"],
    ["ws://a.example:8080/", "a.example:8080"],
    ["wss://[::1]:8443/", "[::1]:8443"],
  ])(
    "asks the proxy for the host and the port of %s",
    leavingNothing(async (url, target) => {
      const proxy = await tunnels(DENIED);
      useProxy(proxy.url);
      await failureOf(connect(url));
      expect(proxy.asked).toEqual([{ target, authorization: undefined }]);
    }),
  );

  it.each([
    ["ann:p%40ss", "ann:p@ss"],
    ["ann", "ann:"],
    [":token", ":token"],
  ])(
    "gives the proxy its credentials: %s",
    leavingNothing(async (inUrl, credentials) => {
      const proxy = await tunnels(DENIED);
      useProxy(proxy.url.replace("http://", `http://${inUrl}@`));
      const error = await failureOf(connect("ws://a.example/"));
      const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
      expect(proxy.asked).toEqual([{ target: "a.example:80", authorization }]);
      expect(error.message).not.toContain(inUrl);
    }),
  );

  it(
    "refuses credentials of a proxy that can't be read",
    leavingNothing(async () => {
      useProxy("http://ann:100%@127.0.0.1:1");
      const error = await failureOf(connect("ws://a.example/"));
      expect(error.code).toBe("ERR_AW_INVALID_ARGUMENT");
      expect(error.message).not.toContain("100%");
    }),
  );

  it(
    "demands the certificate of the host in the URL, as without a proxy, whatever the header Host says",
    leavingNothing(async () => {
      const { listener, ca } = await secureListener("b.example");
      const url = `wss://127.0.0.1:${portOf(listener)}/`;
      const options = { tls: { ca }, headers: { Host: "b.example" } };
      const codes: string[] = [(await failureOf(connect(url, options))).code];
      useProxy((await tunnels()).url);
      codes.push((await failureOf(connect(url, options))).code);
      expect(codes).toEqual(["ERR_AW_TLS", "ERR_AW_TLS"]);
      const client = await connect(url, { tls: { ca, servername: "b.example" } });
      await client.close();
    }),
  );

  it.each([
    ["127.0.0.1", false],
    ["localhost", "localhost"],
  ])(
    "asks for the host of the URL by SNI, as without a proxy: %s",
    leavingNothing(async (host, asked) => {
      const { listener, ca, named } = await secureListener(host);
      const options = { tls: { ca }, headers: { Host: "b.example" } };
      const url = `wss://${host}:${portOf(listener)}/`;
      await (await connect(url, options)).close();
      useProxy((await tunnels()).url);
      await (await connect(url, options)).close();
      expect(named).toEqual([asked, asked]);
    }),
  );

  it.each([{ cert: "nonsense", key: "nonsense" }, { ALPNProtocols: ["x".repeat(256)] }])(
    "refuses TLS options that can't be used, as without a proxy: %j",
    leavingNothing(async (tls: object) => {
      const { listener } = await secureListener("127.0.0.1");
      const url = `wss://127.0.0.1:${portOf(listener)}/`;
      const direct = await failureOf(connect(url, { tls }));
      useProxy((await tunnels()).url);
      const tunneled = await failureOf(connect(url, { tls }));
      expect([tunneled.code, tunneled.message]).toEqual([direct.code, direct.message]);
    }),
  );

  it(
    "reads what comes together with the proxy's answer",
    leavingNothing(async () => {
      const early = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nfull";
      const { url } = await tunnels(OPENED + early);
      useProxy(url);
      const listener = await listen();
      after(() => listener.abort());
      const error = await failureOf(connect(`ws://127.0.0.1:${portOf(listener)}/`));
      expect(error.cause as UpgradeError).toMatchObject({ status: 503, body: "full" });
    }),
  );

  it.each(["ws", "wss"])(
    "says that the proxy refused, and goes to the server on no other way: %s",
    leavingNothing(async (scheme) => {
      const proxy = await tunnels(DENIED);
      useProxy(proxy.url);
      const { listener, sockets } = await secureListener("127.0.0.1");
      const refused = await failureOf(connect(`${scheme}://127.0.0.1:${portOf(listener)}/`));
      expect(refused.code).toBe("ERR_AW_CONNECT");
      expect(refused.message).toMatch(/proxy 127.0.0.1:\d+ refused the tunnel: 407 Proxy Auth/);
      expect(sockets()).toBe(0);
    }),
  );

  it.each([100, 300, 302, 404, 502])(
    "is refused by a proxy that answers %i",
    leavingNothing(async (status) => {
      useProxy((await tunnels(`HTTP/1.1 ${status} Odd\r\n\r\n`)).url);
      const error = await failureOf(connect("ws://a.example/"));
      expect(error.code).toBe("ERR_AW_CONNECT");
      expect(error.message).toMatch(new RegExp(`refused the tunnel: ${status} Odd$`));
    }),
  );

  it(
    "takes every answer of success for a tunnel",
    leavingNothing(async () => {
      const listener = await listen();
      after(() => listener.abort());
      for (const status of [200, 204, 299]) {
        useProxy((await tunnels(`HTTP/1.1 ${status} Odd\r\n\r\n`)).url);
        const client = await connect(`ws://127.0.0.1:${portOf(listener)}/`);
        await client.close();
      }
    }),
  );

  it.each([
    ["http://127.0.0.1:1", "127.0.0.1:1", "127.0.0.1"],
    ["http://[::1]:1", "[::1]:1", "::1"],
  ])(
    "says that the proxy can't be reached: %s",
    leavingNothing(async (proxy, named, address) => {
      useProxy(proxy);
      const error = await failureOf(connect("ws://127.0.0.1:2/"));
      expect(error.code).toBe("ERR_AW_CONNECT");
      expect(error.message).toContain(`the proxy ${named} can't be reached: `);
      expect(deepest(error)).toMatchObject({ code: "ECONNREFUSED", address, port: 1 });
    }),
  );

  it.each(["timeout", "signal"])(
    "leaves no tunnel behind that it gave up by its %s",
    leavingNothing(async (how) => {
      const asked = Promise.withResolvers<void>();
      const silent = createServer().on("connect", (_request, socket: Socket) => {
        after(() => socket.destroy());
        socket.on("error", () => {}).on("end", () => socket.end());
        socket.resume();
        asked.resolve();
      });
      silent.listen(0, "127.0.0.1");
      await once(silent, "listening");
      const closed = once(silent, "close");
      useProxy(`http://127.0.0.1:${portOf({ address: silent.address() })}`);
      const controller = new AbortController();
      const { signal } = controller;
      const options = how === "timeout" ? { timeout: 100 } : { signal };
      const connecting = failureOf(connect("ws://a.example/", options));
      await asked.promise;
      controller.abort();
      expect((await connecting).code).toBe(how === "timeout" ? "ERR_AW_TIMEOUT" : "ERR_AW_ABORTED");
      // Not before our end of the tunnel is gone.
      silent.close();
      await closed;
    }),
  );
});

import { once } from "node:events";
import { Agent, createServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect as connectSocket, type AddressInfo, type Socket } from "node:net";
import { attach, connect, listen } from "@aw/websocket";
import { selfSigned } from "@aw/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { after, bytesOf, failureOf, leavingNothing, next, portOf, textOf } from "../instruments.ts";

afterEach(() => void vi.unstubAllEnvs());

/** A forward proxy that only tunnels, as those of companies do for what is not plain HTTP. */
async function tunnels(answer = "HTTP/1.1 200 OK\r\n\r\n") {
  const asked: { target: string | undefined; authorization: string | undefined }[] = [];
  const server: Server = createServer((_request, response) => response.writeHead(405).end());
  const sockets = new Set<Socket>();
  server.on("connect", ({ url, headers }, socket: Socket) => {
    asked.push({ target: url, authorization: headers["proxy-authorization"] });
    socket.on("error", () => {});
    sockets.add(socket);
    if (!answer.startsWith("HTTP/1.1 200")) {
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
      const { cert, key } = await selfSigned("127.0.0.1");
      const server = createHttpsServer({ cert, key });
      const listener = attach(server);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      after(() => {
        listener.abort();
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      });
      const url = `wss://127.0.0.1:${portOf(listener)}/`;
      const client = await connect(url, { tls: { ca: cert } });
      const reading = bytesOf((await next(listener)).readable);
      await client.writeAll(new Uint8Array(300_000));
      await client.close();
      expect(await reading).toHaveLength(300_000);
      expect(proxy.asked).toHaveLength(1);
      expect((await failureOf(connect(url))).code).toBe("ERR_AW_TLS");
    }),
  );

  it(
    "says that the proxy refused, or can't be reached",
    leavingNothing(async () => {
      const proxy = await tunnels("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      useProxy(proxy.url);
      const refused = await failureOf(connect("ws://127.0.0.1:1/"));
      expect(refused.code).toBe("ERR_AW_CONNECT");
      expect(refused.message).toMatch(/proxy .* 407/);
      useProxy("http://127.0.0.1:1");
      const unreachable = await failureOf(connect("ws://127.0.0.1:2/"));
      expect(unreachable.code).toBe("ERR_AW_CONNECT");
      expect(unreachable.message).toContain("proxy 127.0.0.1:1");
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

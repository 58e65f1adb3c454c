import { Agent as HttpAgent, request, type Agent, type ClientRequestArgs } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { AsyncWriteError } from "@aw/core";
import { printable } from "../../link/printable.ts";
import { environmentProxy } from "./environment-proxy.ts";

interface AgentOptions {
  agent?: Agent | undefined;
  tls?: ConnectionOptions | undefined;
  /** Gives a tunnel up that is not open yet: ws can't, which knows no more than its agent. */
  signal: AbortSignal;
}

/** The agent of the user, or one for the proxy of the environment; undefined to connect directly. */
export function agentFor(url: URL, options: AgentOptions): Agent | undefined {
  const { agent, tls, signal } = options;
  if (agent !== undefined) return agent;
  const proxy = environmentProxy(url, process.env);
  return proxy === undefined ? undefined : tunnelAgent(proxy, url, tls?.servername, signal);
}

type Created = (error: Error | null, socket?: Socket) => void;

/** An agent whose sockets are tunnels through an HTTP proxy (RFC 9110, section 9.3.6). */
function tunnelAgent(
  proxy: URL,
  url: URL,
  servername: string | undefined,
  signal: AbortSignal,
): Agent {
  const secure = url.protocol === "wss:" || url.protocol === "https:";
  const agent = secure ? new HttpsAgent() : new HttpAgent();
  const create = (options: ClientRequestArgs, created: Created): undefined => {
    const target = `${url.hostname}:${url.port === "" ? (secure ? 443 : 80) : url.port}`;
    openTunnel(proxy, target, signal, (error, socket) => {
      if (socket === undefined || !secure) {
        created(error, socket);
        return;
      }
      const { host = "" } = options as { host?: string };
      // The agent's own is that of the header Host: another certificate than without a proxy.
      const name = servername ?? (isIP(host) === 0 ? host : "");
      try {
        created(null, connectTls({ ...(options as ConnectionOptions), servername: name, socket }));
      } catch (unusable) {
        socket.destroy();
        created(unusable as Error);
      }
    });
  };
  (agent as unknown as { createConnection: typeof create }).createConnection = create;
  return agent;
}

function openTunnel(proxy: URL, target: string, signal: AbortSignal, opened: Created): void {
  const { username, password } = proxy;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
  const asking = request({
    host: proxy.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: proxy.port === "" ? 80 : Number(proxy.port),
    method: "CONNECT",
    path: target,
    agent: false,
    signal,
    headers: {
      Host: target,
      ...((username !== "" || password !== "") && { "Proxy-Authorization": authorization }),
    },
  });
  asking.on("connect", ({ statusCode = 0, statusMessage = "" }, socket, head) => {
    if (statusCode >= 200 && statusCode < 300) {
      socket.unshift(head);
      opened(null, socket);
      return;
    }
    socket.destroy();
    const message = `the proxy ${proxy.host} refused the tunnel: ${statusCode} ${printable(statusMessage)}`;
    opened(new AsyncWriteError("ERR_AW_CONNECT", message));
  });
  asking.on("error", (cause) => {
    const message = `the proxy ${proxy.host} can't be reached: ${cause.message}`;
    opened(new AsyncWriteError("ERR_AW_CONNECT", message, { cause }));
  });
  asking.end();
}

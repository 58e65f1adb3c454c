import type { AddressInfo } from "node:net";
import type { Connection } from "@aw/core";
import type { ListenAt, ListenContext } from "./listen-context.ts";
import type { Arguments } from "../line/arguments.ts";
import { formatAddress, hostOf, parseTarget, type Target } from "../line/target.ts";
import { serverTls } from "../line/tls-options.ts";
import { usage } from "../line/usage.ts";

export interface Listening extends AsyncIterable<Connection> {
  /** Where, as it would be given to `aw send`: with the port that the system chose. */
  readonly where: string;
  /** Accepts no more. Connections that were taken go on. */
  close(): void;
}

export type ListenerTarget = Exclude<Target, { kind: "file" | "stdio" }>;

/** Reads where to listen from the command line. */
export function parseListener(text: string): ListenerTarget {
  const target = parseTarget(text);
  if (target.kind === "file" || target.kind === "stdio") {
    throw usage("a listener is tcp://host:port, unix:path, tls://host:port, ws://... or wss://...");
  }
  if ("url" in target) {
    const { username, password, search, hash } = target.url;
    if (username + password + search + hash !== "") {
      throw usage(`${text}: a listener has a path only: no credentials, query or fragment`);
    }
  }
  return target;
}

/** Listens, and loads only the package that it needs. Resolves once it does. */
export async function listenOn(
  target: ListenerTarget,
  args: Arguments,
  context: ListenContext,
): Promise<Listening> {
  switch (target.kind) {
    case "tcp":
    case "unix": {
      const { listen } = await import("@aw/tcp");
      const { kind, ...where } = target;
      return listening(kind, await listen({ ...where, ...context }));
    }
    case "tls": {
      const { listen } = await import("@aw/tls");
      const { kind, ...where } = target;
      return listening(kind, await listen({ ...(await serverTls(args)), ...where, ...context }));
    }
    case "ws": {
      const { listen } = await import("@aw/websocket");
      const { url } = target;
      return listening("ws", await listen({ ...whereOf(url, 80), ...context }), url.pathname);
    }
    case "wss": {
      const { listenSecurely } = await import("./listen-securely.ts");
      const { url } = target;
      const tls = await serverTls(args);
      return listening("wss", await listenSecurely(whereOf(url, 443), tls, context), url.pathname);
    }
  }
}

interface Listener extends AsyncIterable<Connection> {
  readonly address: AddressInfo | string | null;
  close(): Promise<void>;
}

function listening(kind: string, listener: Listener, path = ""): Listening {
  const { address } = listener;
  const where =
    address === null || typeof address === "string"
      ? `${kind}:${address}`
      : formatAddress(kind, address.address, address.port) + path;
  return {
    where,
    // It resolves when the connections that were taken are closed, which others wait for.
    close: () => void listener.close(),
    [Symbol.asyncIterator]: () => listener[Symbol.asyncIterator](),
  };
}

/** Where a URL says to listen. "/" is every path. */
function whereOf(url: URL, otherwise: number): ListenAt {
  const { port, pathname } = url;
  return {
    host: hostOf(url),
    port: port === "" ? otherwise : Number(port),
    path: pathname === "/" ? undefined : pathname,
  };
}

import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { reject } from "./rejection.ts";
import { decideUpgrades } from "./upgrade-decision.ts";

/** Who takes upgrades of a server: of one path, or of every path. */
export interface UpgradeTaker {
  readonly path: string | undefined;
  /** The socket has a listener for errors already. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

const routers = new WeakMap<Server, UpgradeRouter>();

export function addTaker(server: Server, taker: UpgradeTaker): void {
  let router = routers.get(server);
  if (router === undefined) {
    router = new UpgradeRouter(server);
    routers.set(server, router);
  }
  router.add(taker);
}

export function removeTaker(server: Server, taker: UpgradeTaker): void {
  const router = routers.get(server);
  if (router?.remove(taker)) routers.delete(server);
}

/**
 * The one `upgrade` handler of a server for all its takers. The first one of a path gets an upgrade.
 * What none of them takes is left to other handlers; without one it gets 404.
 *
 * Node makes an upgrade of every request that asks for one as soon as there is a handler. Where a
 * server can be told otherwise (Node since 22.21 and 24.9), a request for another protocol stays a
 * plain request, as RFC 9110, section 7.8, asks; elsewhere it gets 426.
 */
class UpgradeRouter {
  readonly #server: Server;
  readonly #takers: UpgradeTaker[] = [];
  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
    this.#route(request, socket, head);
  readonly #undecide: () => void;

  constructor(server: Server) {
    this.#server = server;
    server.on("upgrade", this.#onUpgrade);
    this.#undecide = decideUpgrades(server, (request) => isForWebSocket(request) || !this.#isAlone);
  }

  add(taker: UpgradeTaker): void {
    this.#takers.push(taker);
  }

  /** Returns whether it was the last one, and the server is as it was. */
  remove(taker: UpgradeTaker): boolean {
    const index = this.#takers.indexOf(taker);
    if (index >= 0) this.#takers.splice(index, 1);
    if (this.#takers.length > 0) return false;
    this.#server.off("upgrade", this.#onUpgrade);
    this.#undecide();
    return true;
  }

  /** Whether this is the only handler of upgrades. */
  get #isAlone(): boolean {
    return this.#server.listenerCount("upgrade") === 1;
  }

  #route(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [path] = (request.url ?? "/").split("?", 1);
    const taker = isForWebSocket(request)
      ? this.#takers.find((each) => each.path === undefined || each.path === path)
      : undefined;
    if (taker === undefined && !this.#isAlone) return;
    // Node has taken its own away. It stays: a peer may reset at any moment.
    socket.on("error", destroyIt);
    if (taker !== undefined) taker.take(request, socket, head);
    else if (isForWebSocket(request)) reject(socket, { status: 404 });
    else reject(socket, { status: 426, headers: { Upgrade: "websocket" } });
  }
}

function isForWebSocket({ headers }: IncomingMessage): boolean {
  const offered = headers.upgrade?.split(",") ?? [];
  return offered.some((protocol) => protocol.trim().toLowerCase() === "websocket");
}

function destroyIt(this: Duplex): void {
  this.destroy();
}

import type { IncomingMessage, Server } from "node:http";

/** Who takes upgrades of a server: of one path, or of every path. */
export interface UpgradeTaker {
  readonly path: string | undefined;
}

const takersOf = new WeakMap<Server, UpgradeTaker[]>();

export function addTaker(server: Server, taker: UpgradeTaker): void {
  const takers = takersOf.get(server);
  if (takers === undefined) takersOf.set(server, [taker]);
  else takers.push(taker);
}

export function removeTaker(server: Server, taker: UpgradeTaker): void {
  const takers = takersOf.get(server) ?? [];
  takers.splice(takers.indexOf(taker), 1);
}

/** Whether an upgrade is for `taker`: the first one of its path gets it. */
export function takes(server: Server, taker: UpgradeTaker, request: IncomingMessage): boolean {
  return takerOf(server, request) === taker;
}

/** Whether it falls to `taker` to say that nobody takes an upgrade: no taker, and no handler of others. */
export function mustDecline(
  server: Server,
  taker: UpgradeTaker,
  request: IncomingMessage,
): boolean {
  const takers = takersOf.get(server) ?? [];
  return (
    takers[0] === taker &&
    takerOf(server, request) === undefined &&
    server.listenerCount("upgrade") === takers.length
  );
}

function takerOf(server: Server, { url = "/" }: IncomingMessage): UpgradeTaker | undefined {
  const [requested] = url.split("?", 1);
  return takersOf.get(server)?.find(({ path }) => path === undefined || path === requested);
}

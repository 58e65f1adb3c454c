import type { IncomingMessage, Server } from "node:http";

type Decide = (this: Server, request: IncomingMessage) => boolean;

/**
 * Asks `wants` which requests go to the `upgrade` handlers of a server; others stay plain requests.
 * Returns what takes that back.
 *
 * On internals of Node: `shouldUpgradeCallback` is an option of `createServer` (Node since 22.21 and
 * 24.9), which each server keeps in a property of that name. If a version keeps it elsewhere, all
 * upgrades come to the handler, which answers 426 to those for another protocol. What to do then: find
 * where the constructor of `lib/_http_server.js` keeps the option.
 */
export function decideUpgrades(
  server: Server,
  wants: (request: IncomingMessage) => boolean,
): () => void {
  const deciding = server as { shouldUpgradeCallback?: Decide };
  const before = deciding.shouldUpgradeCallback;
  if (typeof before !== "function") return () => {};
  const decide: Decide = (request) => wants(request) && before.call(server, request);
  deciding.shouldUpgradeCallback = decide;
  return () => {
    // Other code may have replaced it since.
    if (deciding.shouldUpgradeCallback === decide) deciding.shouldUpgradeCallback = before;
  };
}

import type { Issue } from "./check-access.ts";
import type { Config } from "./schema.ts";

/** What can't be right together for a store that is NATS. */
export function checkNats({ limits: { idleSeconds }, nats, store }: Config): Issue[] {
  if (!store.startsWith("nats:")) return [];
  const issues: Issue[] = [];
  // An upload that only pauses must not be taken for one that was given up.
  const pause = idleSeconds + nats.retrySeconds;
  if (nats.orphanSeconds <= pause) {
    issues.push([
      "nats.orphanSeconds",
      `uploads may pause for limits.idleSeconds and nats.retrySeconds: set it to more than ${pause}`,
    ]);
  }
  if (nats.credentials !== undefined && store.includes("@")) {
    issues.push(["nats.credentials", "the key store has a login, too: leave one of them out"]);
  }
  return issues;
}

import type { Issue } from "./check-access.ts";
import type { Config } from "./schema.ts";

/** An upload that only pauses must not look like one that nobody will finish. */
export function checkNats({ limits: { idleSeconds }, nats, store }: Config): Issue[] {
  const { orphanSeconds, retrySeconds } = nats;
  if (!store.startsWith("nats:") || orphanSeconds > idleSeconds + retrySeconds) return [];
  return [
    [
      "nats.orphanSeconds",
      `uploads may pause for limits.idleSeconds and nats.retrySeconds: set it to more than ${idleSeconds + retrySeconds}`,
    ],
  ];
}

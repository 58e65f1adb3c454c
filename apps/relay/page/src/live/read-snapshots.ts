import { lines, toReader, unframed } from "@aw/core";
import type { Snapshot } from "../../../src/live/snapshot.ts";

/** The longest snapshot, in bytes: thousands of transfers. */
const MAX_LENGTH = 16 * 1024 * 1024;

/**
 * The snapshots of a response of server-sent events. Read by `fetch` instead of an `EventSource`, which could neither send
 * the token in a header nor say that it was refused.
 */
export async function* readSnapshots(response: Response): AsyncGenerator<Snapshot> {
  if (response.body === null) return;
  const reader = toReader(response.body);
  for await (const line of unframed(reader, lines({ maxLength: MAX_LENGTH }))) {
    if (line.startsWith("data:")) yield JSON.parse(line.slice("data:".length)) as Snapshot;
  }
}

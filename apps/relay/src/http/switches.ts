import type { IncomingMessage } from "node:http";
import { toReader } from "@aw/core";
import * as v from "valibot";
import { ComparisonRuns, type Comparisons } from "../comparison/comparisons.ts";
import type { Valve } from "../ingest/valve.ts";
import type { NaiveRequest, SlowRequest } from "../live/switches.ts";
import type { App } from "./app.ts";

const RATE = v.pipe(v.number(), v.finite(), v.minValue(1));

const SLOW: v.GenericSchema<unknown, SlowRequest> = v.strictObject({
  bytesPerSecond: v.nullable(RATE),
});

const NAIVE: v.GenericSchema<unknown, NaiveRequest> = v.strictObject({
  receiverBytesPerSecond: v.exactOptional(RATE),
  totalBytes: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 30))),
});

export interface Switches {
  valve: Valve;
  comparisons: Comparisons;
}

/** The page's switches: `live/switches.ts` says what they mean. */
export function addSwitches(app: App, { valve, comparisons }: Switches): void {
  app.post("/slow", async (c) => {
    const request = v.safeParse(SLOW, await bodyOf(c.env.incoming));
    if (!request.success) return c.json(badRequest(request.issues), 400);
    valve.bytesPerSecond = request.output.bytesPerSecond ?? undefined;
    return c.body(null, 204);
  });

  app.post("/naive", async (c) => {
    const request = v.safeParse(NAIVE, await bodyOf(c.env.incoming));
    if (!request.success) return c.json(badRequest(request.issues), 400);
    try {
      await comparisons.start(request.output);
    } catch (error) {
      if (!(error instanceof ComparisonRuns)) throw error;
      return c.json({ error: "ERR_RELAY_BUSY", message: error.message }, 409);
    }
    return c.body(null, 202);
  });

  app.delete("/naive", async (c) => {
    await comparisons.stop();
    return c.body(null, 204);
  });
}

/** What is read as a whole is no longer than this, in bytes. */
const MAX_BODY = 4096;

/** Undefined for what is not JSON, or too long: no schema takes it. */
async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  try {
    const body = toReader(incoming.iterator({ destroyOnReturn: false }));
    return JSON.parse(await body.text({ maxBytes: MAX_BODY }));
  } catch {
    return undefined;
  }
}

function badRequest(issues: readonly v.BaseIssue<unknown>[]): { error: string; message: string } {
  const message = issues
    .map(
      (issue) =>
        `${v.getDotPath(issue) ?? "the body, at most 4096 bytes of JSON"}: ${issue.message}`,
    )
    .join("; ");
  return { error: "ERR_RELAY_REQUEST", message };
}

import { invalidArgument } from "@aw/core/implementor";

const OPEN = 1;

/** Refuses what is not a WebSocket, or one that can't be used any more. */
export function checkSocket(what: string, ws: { readonly readyState: number }): void {
  const state: unknown = (ws as { readyState?: unknown } | undefined | null)?.readyState;
  if (typeof state !== "number") {
    throw invalidArgument(`${what}: expected a WebSocket of ws or of the platform`);
  }
  if (state <= OPEN) return;
  throw invalidArgument(`${what}: the WebSocket is closed already; make a new one`);
}

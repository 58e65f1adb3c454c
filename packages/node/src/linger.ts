import type { Duplex } from "node:stream";
import { Timer } from "@aw/core/implementor";

/** Milliseconds without a byte of the peer after which its end is not waited for any more. */
export const LINGER = 5_000;

/** A peer that goes on sending is waited for this many times as long. */
const MAX_FACTOR = 6;

/**
 * Waits for the peer's end, or its silence, before `release` is called: after an orderly close whose
 * owner is gone. A descriptor that is closed while the peer still sends makes the kernel reset the
 * connection, and drop what it has not sent yet (RFC 1122, section 4.2.2.13).
 *
 * @param patience milliseconds of silence; 0 releases at once
 */
export function linger(duplex: Duplex, patience: number, release: () => void): void {
  if (patience === 0 || duplex.readableEnded || duplex.destroyed) {
    release();
    return;
  }
  const latest = performance.now() + MAX_FACTOR * patience;
  const timer = new Timer();
  const stop = (): void => {
    timer.clear();
    duplex.off("data", onData).off("end", stop).off("close", stop);
    release();
  };
  const onData = (): void => {
    if (performance.now() < latest) timer.start(patience, stop);
    else stop();
  };
  timer.start(patience, stop);
  duplex.on("data", onData).on("end", stop).on("close", stop).resume();
}

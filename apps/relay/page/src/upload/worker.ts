/**
 * Sends one upload, apart from the page: compressing does not make the page stutter, and a tab in the background, whose
 * timers the browser slows down, sends as fast as one that is looked at.
 */
import { Chain } from "../../../src/live/chain.ts";
import { madeUp } from "./made-up.ts";
import type { FromWorker, ToWorker, UploadSource } from "./messages.ts";
import { Pause } from "./pausable.ts";
import { send } from "./send.ts";

/** Between two samples, in milliseconds. */
const EVERY = 250;

const pause = new Pause();
const cancelled = new AbortController();

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "start":
      void run(data.source, data.url, data.compress);
      break;
    case "pause":
      pause.pause();
      break;
    case "resume":
      pause.resume();
      break;
    case "cancel":
      cancelled.abort(new Error("cancelled in the page"));
      break;
  }
});

async function run(source: UploadSource, url: string, compress: boolean): Promise<void> {
  const chain = new Chain();
  const report = (): void => tell({ type: "progress", time: Date.now(), layers: chain.sample() });
  const timer = setInterval(report, EVERY);
  try {
    const chunks = "madeUpBytes" in source ? madeUp(source.madeUpBytes) : source.stream();
    const { receipt, sha256 } = await send(pause.over(chunks), {
      url,
      compress,
      watch: chain.watch,
      signal: cancelled.signal,
      onSent: () => {
        report();
        tell({ type: "sent" });
      },
    });
    tell({ type: "stored", receipt, sha256 });
  } catch (error) {
    const { message } = error as Error;
    tell(cancelled.signal.aborted ? { type: "cancelled" } : { type: "failed", message });
  } finally {
    clearInterval(timer);
  }
}

function tell(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one page to talk to
  self.postMessage(message);
}

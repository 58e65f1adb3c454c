import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { Transfers } from "../live/transfers.ts";
import type { Store } from "../store/store.ts";
import type { App } from "./app.ts";

/** Values by what their labels say beside the store. */
type Labelled = Iterable<readonly [labels: Record<string, string>, value: number]>;

/** `GET /metrics`, for Prometheus: those of the process, and of the uploads since its start. */
export function addMetrics(app: App, transfers: Transfers, store: Store): void {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  /** One that is counted elsewhere. */
  function counter(name: string, help: string, values: () => Labelled, more: string[] = []): void {
    const made: Counter = new Counter({
      name,
      help,
      labelNames: ["store", ...more],
      registers,
      collect() {
        made.reset();
        for (const [labels, value] of values()) made.inc({ store: store.kind, ...labels }, value);
      },
    });
  }
  function gauge(name: string, help: string, value: () => number): void {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(value()) });
  }

  const { totals, refusals } = transfers;
  counter("relay_uploads_stored_total", "Uploads that were acknowledged", () => [
    [{}, totals.stored],
  ]);
  counter(
    "relay_uploads_refused_total",
    "Uploads of which nothing was kept, by the code that their senders got",
    () => [...refusals].map(([code, count]) => [{ code }, count]),
    ["code"],
  );
  counter("relay_stored_bytes_total", "Decoded bytes that were acknowledged", () => [
    [{}, totals.bytes],
  ]);
  gauge("relay_uploads_open", "Uploads under way", () => transfers.open.size);
  gauge(
    "relay_uploads_waiting",
    "Uploads whose sender has to wait now",
    () => [...transfers.open].filter(({ chain }) => chain.isWaiting).length,
  );

  const { isConnected, orphansPurged } = store.figures ?? {};
  if (isConnected !== undefined) {
    gauge("relay_store_connected", "Whether the store is connected: 1 or 0", () =>
      Number(store.figures?.isConnected),
    );
  }
  if (store.figures !== undefined) {
    counter("relay_store_retries_total", "What was tried again in the store", () => [
      [{}, store.figures?.retries ?? 0],
    ]);
  }
  if (orphansPurged !== undefined) {
    counter(
      "relay_store_orphans_purged_total",
      "Unfinished uploads whose chunks were removed",
      () => [[{}, store.figures?.orphansPurged ?? 0]],
    );
  }

  app.get("/metrics", async (c) =>
    c.body(await registry.metrics(), 200, { "Content-Type": registry.contentType }),
  );
}

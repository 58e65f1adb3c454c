import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { Transfers } from "../live/transfers.ts";
import type { Store, StoreFigures } from "../store/store.ts";
import type { App } from "./app.ts";

/** `GET /metrics`, for Prometheus: those of the process, and of the uploads since its start. */
export function addMetrics(app: App, transfers: Transfers, store: Store): void {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  /** One that is counted elsewhere. */
  function counter(name: string, help: string, value: () => number): void {
    const made: Counter = new Counter({
      name,
      help,
      registers,
      collect() {
        made.reset();
        made.inc(value());
      },
    });
  }
  function gauge(name: string, help: string, value: () => number): void {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(value()) });
  }

  const { totals } = transfers;
  counter("relay_uploads_stored_total", "Uploads that were acknowledged", () => totals.stored);
  counter("relay_uploads_refused_total", "Uploads of which nothing was kept", () => totals.refused);
  counter("relay_stored_bytes_total", "Decoded bytes that were acknowledged", () => totals.bytes);
  gauge("relay_uploads_open", "Uploads under way", () => transfers.open.size);
  gauge(
    "relay_uploads_waiting",
    "Uploads whose sender has to wait now",
    () => [...transfers.open].filter(({ chain }) => chain.isWaiting).length,
  );

  if (store.figures !== undefined) {
    const figures = (): StoreFigures => store.figures as StoreFigures;
    gauge("relay_store_connected", "Whether the store is connected: 1 or 0", () =>
      Number(figures().isConnected),
    );
    counter(
      "relay_store_retries_total",
      "What was tried again in the store",
      () => figures().retries,
    );
    counter(
      "relay_store_orphans_purged_total",
      "Uploads that nobody finished, and whose chunks were removed",
      () => figures().orphansPurged,
    );
  }

  app.get("/metrics", async (c) =>
    c.body(await registry.metrics(), 200, { "Content-Type": registry.contentType }),
  );
}

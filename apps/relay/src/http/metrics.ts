import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Feed } from "../live/feed.ts";
import type { App } from "./app.ts";

/** `GET /metrics`, for Prometheus: those of the process, and what the feed counts. */
export function addMetrics(app: App, { feed }: { feed: Feed }): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauges = {
    stored: gauge("relay_uploads_stored_total", "Uploads that were acknowledged"),
    refused: gauge("relay_uploads_refused_total", "Uploads of which nothing was kept"),
    bytes: gauge("relay_stored_bytes_total", "Bytes of acknowledged uploads, decoded"),
    open: gauge("relay_uploads_open", "Uploads under way"),
    waiting: gauge("relay_layers_waiting", "Layers that make the one above wait now"),
  };

  app.get("/metrics", async (c) => {
    const { totals, transfers } = feed.snapshot();
    gauges.stored.set(totals.stored);
    gauges.refused.set(totals.refused);
    gauges.bytes.set(totals.bytes);
    gauges.open.set(transfers.length);
    const layers = transfers.flatMap(({ layers: each }) => each);
    gauges.waiting.set(layers.filter(({ isWaiting }) => isWaiting).length);
    return c.body(await registry.metrics(), 200, { "Content-Type": registry.contentType });
  });

  function gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [registry] });
  }
}

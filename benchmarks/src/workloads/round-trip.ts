import { openReceiver, openTlsReceiver } from "../receiver.ts";
import type { Workload, Opened } from "../workload.ts";
import type { RoundTripWay, SocketTarget, TlsTarget } from "../ways.ts";

/** Until V8 has compiled what a round trip runs: before that it takes twice as long. */
const WARM_UP = 5000;
const LEAST = 4;

/** One after the other, each timed by itself. */
function roundTrips<Target>(
  open: (size: number) => Promise<Opened>,
): Workload<RoundTripWay<Target>> {
  return {
    metrics: () => [
      { suffix: "p50", unit: "us" },
      { suffix: "p99", unit: "us" },
    ],
    open: () => open(64),
    async measure(way, { size, budget, target }) {
      const connection = await way(target as Target, new Uint8Array(size).fill(65));
      if (budget > 0) for (let index = 0; index < WARM_UP; index++) await connection.trip();
      const times: number[] = [];
      const end = performance.now() + budget;
      for (let start = performance.now(); start < end || times.length < LEAST;) {
        await connection.trip();
        const now = performance.now();
        times.push((now - start) * 1000);
        start = now;
      }
      connection.close();
      const sorted = times.toSorted((a, b) => a - b);
      return [0.5, 0.99].map((part) => sorted[Math.floor(sorted.length * part)] as number);
    },
  };
}

/** To a peer that sends back what it gets. */
export const echo: Workload<RoundTripWay<SocketTarget>> = roundTrips(() => openReceiver("echo"));

/** Through gzip and TLS, to a peer that answers what it has decoded. */
export const flush: Workload<RoundTripWay<TlsTarget>> = roundTrips((size) =>
  openTlsReceiver("tls-gunzip", "--acknowledge", `${size}`),
);

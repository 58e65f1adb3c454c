import type { MeterWriter, Writer } from "@aw/core";
import type { Transfers } from "../live/transfers.ts";
import type { Job } from "./jobs.ts";

/** One row of the table. */
export interface Row {
  title: string;
  bytes: number;
  /** What went into the transport. */
  wireBytes: number;
  milliseconds: number;
  /** Whether the relay has stored what was sent, byte for byte. */
  verified: boolean;
}

/** Sends each job in turn; `onRow` is called with each as it is done. The feed shows them while they go on. */
export async function runJobs(
  jobs: readonly Job[],
  transfers: Transfers,
  onRow: (row: Row) => void = () => {},
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const job of jobs) {
    const { title, route, input } = job;
    const { name, bytes, sha256 } = input;
    const info = {
      direction: "send",
      name,
      route,
      peer: "this process",
      expectedBytes: bytes,
    } as const;
    const transfer = transfers.begin(info);
    let transport: MeterWriter | undefined;
    const watch = (layer: Writer): MeterWriter => {
      const watched = transfer.chain.watch(layer);
      transport ??= watched; // what is watched first is what the others are stacked on
      return watched;
    };
    try {
      const start = performance.now();
      const receipt = await job.send(watch);
      const milliseconds = performance.now() - start;
      const verified = receipt.bytes === bytes && receipt.sha256 === sha256;
      const row = { title, bytes, wireBytes: transport?.bytes ?? 0, milliseconds, verified };
      rows.push(row);
      onRow(row);
    } finally {
      transfers.end(transfer);
    }
  }
  return rows;
}

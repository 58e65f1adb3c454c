import type { MeterWriter, Writer } from "@aw/core";
import type { Receipt } from "../live/snapshot.ts";
import type { Transfers } from "../live/transfers.ts";
import type { PipelineJob } from "../pipelines/pipeline-jobs.ts";
import type { Job } from "./jobs.ts";

/** One row of the table. */
export interface Row {
  title: string;
  bytes: number;
  /** What went into the transport. */
  wireBytes: number;
  milliseconds: number;
  /** The same job by Node's own streams, if it was done. */
  pipelineMilliseconds: number | undefined;
  /** Whether the relay has stored what was sent, byte for byte. */
  verified: boolean;
}

/** Does one job through the relay. The feed shows it while it goes on. */
export async function runJob(job: Job, transfers: Transfers): Promise<Row> {
  const { title, route, input } = job;
  const { name, bytes } = input;
  const transfer = transfers.begin({
    direction: "send",
    name,
    route,
    peer: "this process",
    expectedBytes: bytes,
  });
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
    return {
      title,
      bytes,
      wireBytes: transport?.bytes ?? 0,
      milliseconds,
      pipelineMilliseconds: undefined,
      verified: isWhole(receipt, job),
    };
  } finally {
    transfers.end(transfer);
  }
}

/** Does one job by `pipeline`. Resolves with the milliseconds that it took. */
export async function runPipeline(pipeline: PipelineJob, job: Job): Promise<number> {
  try {
    const start = performance.now();
    const [stored] = await Promise.all([pipeline.stored, pipeline.send()]);
    if (!isWhole(stored, job)) throw new Error(`${job.title}: the pipeline has stored other bytes`);
    return performance.now() - start;
  } finally {
    pipeline.close();
  }
}

function isWhole({ bytes, sha256 }: Pick<Receipt, "bytes" | "sha256">, { input }: Job): boolean {
  return bytes === input.bytes && sha256 === input.sha256;
}

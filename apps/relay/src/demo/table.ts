import Table from "cli-table3";
import type { Row } from "./run-jobs.ts";

const MB = 1e6;

export function formatTable(rows: readonly Row[]): string {
  const table = new Table({
    head: ["composition", "bytes in", "on the wire", "ratio", "MB/s", "pipeline MB/s", "verified"],
    colAligns: ["left", "right", "right", "right", "right", "right", "left"],
    style: { head: [], border: [] },
  });
  for (const { title, bytes, wireBytes, milliseconds, pipelineMilliseconds, verified } of rows) {
    table.push([
      title,
      bytes.toLocaleString("en"),
      wireBytes.toLocaleString("en"),
      (bytes / wireBytes).toFixed(2),
      rate(bytes, milliseconds),
      rate(bytes, pipelineMilliseconds),
      verified ? "yes" : "NO",
    ]);
  }
  return table.toString();
}

function rate(bytes: number, milliseconds: number | undefined): string {
  return milliseconds === undefined ? "" : (bytes / MB / (milliseconds / 1000)).toFixed(1);
}

import { Presets, SingleBar } from "cli-progress";
import Table from "cli-table3";

/** One row of the table. */
export interface Row {
  route: string;
  bytes: number;
  wireBytes: number;
  milliseconds: number;
  verified: boolean;
}

const MB = 1e6;

/** A progress bar on a terminal; elsewhere nothing until the table. */
export function progressBar(route: string, total: number): SingleBar {
  const bar = new SingleBar(
    {
      format: `${route.padEnd(28)} {bar} {percentage} % {mb} MB`,
      hideCursor: true,
      stream: process.stdout,
      noTTYOutput: false,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { mb: "0.0" });
  return bar;
}

export function formatTable(rows: readonly Row[]): string {
  const table = new Table({
    head: ["route", "bytes in", "on the wire", "ratio", "MB/s", "verified"],
    colAligns: ["left", "right", "right", "right", "right", "left"],
    style: { head: [], border: [] },
  });
  for (const { route, bytes, wireBytes, milliseconds, verified } of rows) {
    table.push([
      route,
      bytes.toLocaleString("en"),
      wireBytes.toLocaleString("en"),
      (bytes / wireBytes).toFixed(2),
      (bytes / MB / (milliseconds / 1000)).toFixed(1),
      verified ? "yes" : "NO",
    ]);
  }
  return table.toString();
}

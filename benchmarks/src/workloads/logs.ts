import { mixedLines } from "../mixed-lines.ts";
import { openTlsReceiver } from "../receiver.ts";
import { expectBytes, repeated, timed } from "../repeat.ts";
import type { Workload } from "../workload.ts";
import type { LogsWay, TlsTarget } from "../ways.ts";

const LINES: readonly Uint8Array[] = mixedLines(40_000);

function* cycle(lines: readonly Uint8Array[], count: number): Generator<Uint8Array> {
  for (let index = 0; index < count; index++) yield lines[index % lines.length] as Uint8Array;
}

function bytesOf(count: number): number {
  let bytes = 0;
  for (const line of cycle(LINES, count)) bytes += line.length;
  return bytes;
}

/** What a service does all day: log lines of all lengths, compressed, to a collector. */
export const logs: Workload<LogsWay> = repeated({
  unit: "MB/s",
  open: () => openTlsReceiver("tls-gunzip"),
  bytesOf,
  start:
    (way, { target }) =>
    (count) => {
      const bytes = bytesOf(count);
      return timed(async () => {
        const { arrived } = await way(target as TlsTarget, cycle(LINES, count));
        expectBytes(arrived, bytes);
      });
    },
});

import {
  compose,
  meter,
  type AsyncWrite,
  type Layer,
  type MeterWriter,
  type Writer,
} from "@aw/core";
import type { Arguments } from "../line/arguments.ts";
import { formatSize } from "../line/sizes.ts";

/** How often the line on the terminal changes, in milliseconds. */
const INTERVAL = 100;

/** A chain of writers, and what is told of it while bytes pass. */
export interface Chain {
  readonly out: Writer;
  /** Ends the line on the terminal, and says what went through. */
  readonly finish: () => void;
}

/**
 * Puts layers on a destination. With `--progress`, counts at both ends: on a terminal there is a line
 * that moves, elsewhere one at the end.
 */
export async function chain(
  destination: AsyncWrite,
  layers: readonly Layer[],
  args: Arguments,
  { size, note }: { size?: number | undefined; note: (line: string) => void },
): Promise<Chain> {
  if (!args.has("progress")) return { out: compose(destination, ...layers), finish: () => {} };
  const last = meter(destination);
  const first = meter(compose(last, ...layers));
  const start = performance.now();
  // Of many connections each has its line at the end: lines that move would run into each other.
  const moves = process.stderr.isTTY && !args.has("many");
  const hide = moves ? await show(first, size) : () => {};
  return {
    out: first,
    finish: () => {
      hide();
      const seconds = (performance.now() - start) / 1000;
      const rate = `${formatSize(first.bytes / seconds)}/s`;
      const waited = `waited ${(last.pendingTime / 1000).toFixed(1)} s for the target`;
      const counts = `${formatSize(first.bytes)} in, ${formatSize(last.bytes)} out`;
      note(`${counts}, ${seconds.toFixed(1)} s, ${rate}, ${waited}`);
    },
  };
}

/** Draws the line until the function that it resolves with is called. */
async function show(counter: MeterWriter, size: number | undefined): Promise<() => void> {
  const { Presets, SingleBar } = await import("cli-progress");
  const share = size === undefined ? "" : "{bar} {percentage} % | ";
  const bar = new SingleBar(
    {
      format: `${share}{size} | {duration_formatted}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  const draw = (): void => bar.update(counter.bytes, { size: formatSize(counter.bytes) });
  bar.start(size ?? 0, 0, { size: formatSize(0) });
  const timer = setInterval(draw, INTERVAL);
  return () => {
    clearInterval(timer);
    draw();
    bar.stop();
  };
}

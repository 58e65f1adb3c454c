import { join } from "node:path";
import { Running } from "@aw/testing";
import type { Outcome } from "./collected.ts";

/** A runtime that runs programs as processes of their own. */
export interface ProcessRuntime {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
}

const PRINT = join(import.meta.dirname, "print-outcome.ts");
const IN_WORKER = join(import.meta.dirname, "print-outcome-of-worker.ts");

/** Runs a bundle of `bundleKit`. */
export function outcomeIn(
  { path, args }: ProcessRuntime,
  bundle: string,
  seeds: number,
): Promise<Outcome> {
  return printed(path, [...args, PRINT, bundle], seeds);
}

/** The same in a worker thread of this Node. */
export function outcomeInWorker(bundle: string, seeds: number): Promise<Outcome> {
  return printed(process.execPath, [IN_WORKER, PRINT, bundle], seeds);
}

async function printed(path: string, args: readonly string[], seeds: number): Promise<Outcome> {
  const running = new Running(path, args, { env: { ...process.env, AW_SEEDS: String(seeds) } });
  const { code, signal, stdout, stderr } = await running.ended;
  const line = String(stdout).trim().split("\n").at(-1) ?? "";
  if (code === 0 && line.startsWith("{")) return JSON.parse(line) as Outcome;
  throw new Error(`${path} ${args.join(" ")}: ${code ?? signal}\n${String(stdout)}${stderr}`);
}

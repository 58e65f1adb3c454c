import { join } from "node:path";
import { Running } from "@aw/testing";
import { onTestFinished } from "vitest";

const MAIN = join(import.meta.dirname, "../src/main.ts");

/** The command as its user runs it. It is killed at the end of the test if it still runs. */
export function runRelay(...args: string[]): Running {
  const running = new Running(process.execPath, ["--conditions=@aw/source", MAIN, ...args]);
  onTestFinished(() => void running.child.kill("SIGKILL"));
  return running;
}

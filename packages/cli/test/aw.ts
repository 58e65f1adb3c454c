import type { StdioOptions } from "node:child_process";
import { join } from "node:path";
import { Running, type Ended } from "@aw/testing";

const MAIN = join(import.meta.dirname, "../src/main.ts");
const NODE_OPTIONS = ["--conditions=@aw/source", "--disable-warning=ExperimentalWarning"];

/** How to run the command in a shell: `$AW pipe`. */
export const AW: string = [process.execPath, ...NODE_OPTIONS, MAIN].join(" ");

/** `aw`, as it runs. */
class RunningAw extends Running {
  /** Where `aw recv` listens. */
  listening(): Promise<string> {
    return this.says(/listening on (\S+)/);
  }
}

/** Starts `aw`. Options of Node go before it. */
export function start(
  args: readonly string[],
  { stdio, node = [] }: { stdio?: StdioOptions; node?: readonly string[] } = {},
): RunningAw {
  const all = [...NODE_OPTIONS, ...node, MAIN, ...args];
  return new RunningAw(process.execPath, all, { stdio: stdio ?? "pipe" });
}

/** Runs `aw` to its end, with this as its standard input. */
export function run(args: readonly string[], input: string | Buffer = ""): Promise<Ended> {
  const running = start(args);
  running.stdin.end(input);
  return running.ended;
}

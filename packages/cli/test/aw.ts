import type { StdioOptions } from "node:child_process";
import { join } from "node:path";
import { Running, type Ended } from "@aw/testing";
import { expect, vi, type MockInstance } from "vitest";

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

/** Those that run in this process: each is given what is written to standard error. */
const listeners = new Set<(text: string) => void>();
let stderrWrite: MockInstance | undefined;

/** Runs `aw` in this process, which takes no time to start. With a signal, it rejects with its reason. */
export function inProcess(args: readonly string[], signal?: AbortSignal): InProcess {
  let stderr = "";
  let hear: (() => void) | undefined;
  const listener = (text: string): void => {
    // Several may run at the same time.
    if (!text.startsWith(`aw ${args[0]}: `) && !text.startsWith("aw: ")) return;
    stderr += text;
    hear?.();
  };
  stderrWrite ??= vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    for (const listen of listeners) listen(String(text));
    return true;
  });
  listeners.add(listener);
  const ended = import("@aw/cli")
    // Loaded here: a test may have put something in the place of a module.
    .then(({ run: runHere }) => runHere(args, { signal }))
    .then((code) => ({ code, stderr }))
    .finally(() => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      stderrWrite?.mockRestore();
      stderrWrite = undefined;
    });
  const says = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const match = pattern.exec(stderr);
      if (match !== null) return match[1] ?? match[0];
      const heard = new Promise<void>((resolve) => (hear = resolve));
      const hasEnded = await Promise.race([heard, ended.then(() => "ended")]);
      if (hasEnded === "ended" && !pattern.test(stderr)) {
        throw new Error(`ended without ${pattern}:\n${stderr}`);
      }
    }
  };
  return { ended, says, listening: () => says(/listening on (\S+)/) };
}

/** What a command that only prints a text says in this process, on standard output. */
export async function printed(args: readonly string[]): Promise<string> {
  let text = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    expect(await inProcess(args).ended).toEqual({ code: 0, stderr: "" });
  } finally {
    spy.mockRestore();
  }
  return text;
}

interface InProcess {
  readonly ended: Promise<{ code: number; stderr: string }>;
  /** Resolves with the first match of what it says on standard error. */
  readonly says: (pattern: RegExp) => Promise<string>;
  /** Where `aw recv` listens. */
  readonly listening: () => Promise<string>;
}

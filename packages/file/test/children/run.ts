import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const NODE_OPTIONS = ["--conditions=@aw/source", "--disable-warning=ExperimentalWarning"];

/** Starts a program of this folder. */
export function start(program: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const script = join(import.meta.dirname, program);
  return spawn(process.execPath, [...NODE_OPTIONS, script, ...args], { stdio });
}

/** Runs a program of this folder; resolves with how it ended. */
export async function run(
  program: string,
  ...args: readonly string[]
): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }> {
  const child = start(program, args, ["ignore", "pipe", "pipe"]);
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data) => (stdout += String(data)));
  child.stderr?.on("data", (data) => (stderr += String(data)));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return { code, signal, stdout, stderr };
}

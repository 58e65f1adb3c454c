import { readFileSync } from "node:fs";

/** What `run` can be given. */
export interface RunOptions {
  /** Aborts what goes on, so that nothing at the destination looks finished. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs a command line, without the `aw`, on this process's standard streams. Resolves with the status:
 * 0, 1 (failed), 2 (the command line makes no sense), or 141 (nobody reads standard output any more).
 * Rejects with the reason of the signal, or with `ERR_AW_INVALID_ARGUMENT` if it is not called so.
 */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<number> {
  const name = Array.isArray(args) ? (args[0] as unknown) : undefined;
  if (name === "--version" || name === "-V") {
    print(`${version()}\n`);
    return 0;
  }
  // Whoever asks for the version does not wait for the rest to load.
  const { runCommand } = await import("./commands/run-command.ts");
  return runCommand(args, options);
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

function print(text: string): void {
  process.stdout.write(text);
}

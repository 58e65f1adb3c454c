import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";

export interface Run {
  readonly child: ChildProcess;
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: Readable;
  /** Resolves at the end with its status, its signal and all that it wrote and was not read. */
  end(): Promise<{ status: number | null; output: string; errors: string }>;
}

/** Runs a recipe as its user does. It is killed at the end of the test if it still runs. */
export function runRecipe(name: string, ...args: string[]): Run {
  const path = join(import.meta.dirname, `../src/${name}.ts`);
  const child = spawn(process.execPath, ["--conditions=@aw/source", path, ...args]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const closed = once(child, "close") as Promise<[number | null]>;
  const errors = text(child.stderr);
  return {
    child,
    stdin: child.stdin,
    stdout: child.stdout,
    async end() {
      const [[status], output] = await Promise.all([closed, text(child.stdout)]);
      return { status, output, errors: await errors };
    },
  };
}

async function text(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

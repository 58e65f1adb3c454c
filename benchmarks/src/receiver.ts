import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { selfSigned } from "@aw/testing";
import { compileC } from "./programs.ts";
import type { SocketTarget, TlsTarget } from "./ways.ts";
import type { Opened } from "./workload.ts";

const FOLDER: string = join(import.meta.dirname, "receivers");

/** Those that are programs in C too, which keep up with any sender, and the libraries that these use. */
const IN_C: Readonly<Record<string, readonly string[]>> = {
  count: [],
  "tls-count": ["ssl", "crypto"],
};

const STDIO: ["pipe", "pipe", "inherit"] = ["pipe", "pipe", "inherit"];

/**
 * Starts a program of the folder `receivers` beside the measurement: in C where a compiler is there, else
 * on Node. Resolves once it has printed where it listens. It ends when its standard input does: when it is
 * stopped, or when this process ends.
 */
export async function startProgram(
  name: string,
  ...args: string[]
): Promise<{ printed: string; stop: () => void }> {
  const libraries = IN_C[name];
  const program = libraries && compileC(join(FOLDER, `${name}.c`), libraries);
  const receiver =
    program === undefined
      ? spawn(process.execPath, [join(FOLDER, `${name}.mjs`), ...args], { stdio: STDIO })
      : spawn(program, args, { stdio: STDIO });
  const [printed] = (await once(receiver.stdout, "data")) as [Buffer];
  return { printed: String(printed), stop: () => receiver.stdin.end() };
}

export async function openReceiver(name: string, ...args: string[]): Promise<Opened> {
  const { printed, stop } = await startProgram(name, ...args);
  return { target: { port: Number(printed) } satisfies SocketTarget, close: stop };
}

/** Its first arguments are a certificate and its key. */
export async function openTlsReceiver(name: string, ...args: string[]): Promise<Opened> {
  const certificate = await selfSigned("localhost");
  const { printed, stop } = await startProgram(name, certificate.cert, certificate.key, ...args);
  const target: TlsTarget = { port: Number(printed), ca: certificate.cert };
  return { target, close: stop };
}

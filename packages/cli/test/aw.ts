import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const MAIN = join(import.meta.dirname, "../src/main.ts");
const NODE_OPTIONS = ["--conditions=@aw/source", "--disable-warning=ExperimentalWarning"];

/** How to run the command in a shell: `$AW pipe`. */
export const AW: string = [process.execPath, ...NODE_OPTIONS, MAIN].join(" ");

export interface Ended {
  code: number | null;
  signal: string | null;
  stdout: Buffer;
  stderr: string;
}

/** A program that runs, and what it says. */
export class Running {
  readonly child: ChildProcess;
  /** Resolves when it has ended and all that it said is here. */
  readonly ended: Promise<Ended>;
  #stdout: Buffer[] = [];
  #said = "";

  constructor(command: string, args: readonly string[], stdio: StdioOptions = "pipe") {
    this.child = spawn(command, args, { stdio });
    this.child.stdout?.on("data", (data: Buffer) => this.#stdout.push(data));
    this.child.stderr?.on("data", (data: Buffer) => (this.#said += data.toString()));
    // Whether it reads to the end is what some tests are about.
    this.child.stdin?.on("error", () => {});
    this.ended = once(this.child, "close").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string | null,
      stdout: Buffer.concat(this.#stdout),
      stderr: this.#said,
    }));
  }

  get stdin(): Writable {
    return this.child.stdin as Writable;
  }

  /** Resolves with the first match of what it says, on standard error or output. */
  async says(pattern: RegExp, where: "stderr" | "stdout" = "stderr"): Promise<string> {
    const stream = this.child[where] as Readable;
    for (;;) {
      const text = where === "stderr" ? this.#said : Buffer.concat(this.#stdout).toString();
      const match = pattern.exec(text);
      if (match !== null) return match[1] ?? match[0];
      if (stream.readableEnded) throw new Error(`ended without ${pattern}:\n${text}`);
      await Promise.race([once(stream, "data"), once(stream, "end")]);
    }
  }

  /** Resolves when so many bytes are on its standard output. */
  async answers(length: number): Promise<void> {
    while (Buffer.concat(this.#stdout).length < length) {
      await once(this.child.stdout as Readable, "data");
    }
  }

  /** Where `aw recv` listens. */
  listening(): Promise<string> {
    return this.says(/listening on (\S+)/);
  }
}

/** Starts `aw`. Options of Node go before it. */
export function start(
  args: readonly string[],
  { stdio, node = [] }: { stdio?: StdioOptions; node?: readonly string[] } = {},
): Running {
  return new Running(process.execPath, [...NODE_OPTIONS, ...node, MAIN, ...args], stdio);
}

/** Runs `aw` to its end, with this as its standard input. */
export function run(args: readonly string[], input: string | Buffer = ""): Promise<Ended> {
  const running = start(args);
  running.stdin.end(input);
  return running.ended;
}

import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

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

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.child = spawn(command, args, { stdio: "pipe", ...options });
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
      const heard = new AbortController();
      const { signal } = heard;
      await Promise.race([once(stream, "data", { signal }), once(stream, "end", { signal })]);
      heard.abort(); // else a listener of the other event would stay, each time
    }
  }

  /** Resolves when so many bytes are on its standard output. */
  async answers(length: number): Promise<void> {
    while (Buffer.concat(this.#stdout).length < length) {
      await once(this.child.stdout as Readable, "data");
    }
  }
}

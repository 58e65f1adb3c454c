import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { copy, meter, sink, throttle, type MeterWriter } from "@aw/core";
import { listen, type TcpListener } from "@aw/tcp";
import type { SenderSample } from "../live/switches.ts";
import type { SenderOptions, SenderReport } from "./messages.ts";

/** More than this in the memory of the naive sender ends it. */
const MAX_HELD_BYTES = 512 * 1024 * 1024;

/** A process that sends, and what receives from it in this process, at a rate. */
export class SenderRun {
  readonly #kind: SenderOptions["kind"];
  readonly #rate: number;
  readonly #totalBytes: number;
  readonly #startedAt = Date.now();
  readonly #received: MeterWriter;
  #listener: TcpListener | undefined;
  #child: ChildProcess | undefined;
  #report: SenderReport = {
    state: "running",
    writtenBytes: 0,
    heldBytes: 0,
    maxHeldBytes: 0,
    rssBytes: 0,
  };
  #state: SenderSample["state"] = "running";
  #starting: Promise<void> | undefined;
  #over: Promise<void> | undefined;

  constructor(kind: SenderOptions["kind"], rate: number, totalBytes: number) {
    this.#kind = kind;
    this.#rate = rate;
    this.#totalBytes = totalBytes;
    this.#received = meter(sink());
  }

  get isOver(): boolean {
    return this.#state !== "running";
  }

  get sample(): SenderSample {
    return {
      ...this.#report,
      state: this.#state,
      startedAt: this.#startedAt,
      receivedBytes: this.#received.bytes,
    };
  }

  /** Resolves when the process was started. */
  start(): Promise<void> {
    return (this.#starting ??= this.#start());
  }

  /** Ends it, and resolves when nothing of it is left. */
  async stop(): Promise<void> {
    await this.#starting;
    this.#child?.kill();
    this.#listener?.abort();
    await this.#over;
  }

  async #start(): Promise<void> {
    const listener = await listen();
    this.#listener = listener;
    const options: SenderOptions = {
      kind: this.#kind,
      port: listener.port,
      totalBytes: this.#totalBytes,
      maxHeldBytes: MAX_HELD_BYTES,
    };
    const child = fork(join(import.meta.dirname, "sender.ts"), [JSON.stringify(options)]);
    this.#child = child;
    child.on("message", (report) => (this.#report = report as SenderReport));
    this.#over = this.#run(listener, child);
  }

  async #run(listener: TcpListener, child: ChildProcess): Promise<void> {
    const ended = once(child, "exit");
    const received = this.#receive(listener).catch(() => listener.abort());
    // A process that can't be started has no exit.
    const [code] = (await ended.catch(() => [null])) as [number | null];
    // One that was stopped, or has died, leaves its connection cut.
    if (code !== 0 || this.#report.state === "stopped") listener.abort();
    await received;
    listener.abort();
    const whole = this.#received.bytes === this.#totalBytes;
    if (this.#report.state === "stopped") this.#state = "stopped";
    else this.#state = code === 0 && whole ? "done" : "failed";
  }

  async #receive(listener: TcpListener): Promise<void> {
    const slow = throttle(this.#received, { bytesPerSecond: this.#rate });
    for await (const connection of listener) {
      await copy(connection.reader, slow);
      await connection.close();
      return;
    }
  }
}

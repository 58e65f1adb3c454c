import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { copy, meter, sink, throttle, type MeterWriter } from "@aw/core";
import { listen, type TcpListener } from "@aw/tcp";
import type { Comparison, NaiveRequest, SenderSample } from "../live/snapshot.ts";
import type { SenderOptions, SenderReport } from "./messages.ts";

const MIB = 1024 * 1024;

/** More than this in the memory of the naive sender ends it. */
const MAX_HELD_BYTES = 512 * MIB;

/** One runs already. */
export class ComparisonRuns extends Error {}

/** Runs the same job twice beside each other, once without and once with backpressure. One at a time. */
export class Comparisons {
  #latest: Running | undefined;

  /** The one that runs, or the latest. */
  get sample(): Comparison | null {
    return this.#latest?.sample ?? null;
  }

  /** Resolves when both senders have been started. Rejects with {@link ComparisonRuns} while another one runs. */
  async start(request: NaiveRequest): Promise<void> {
    if (this.#latest?.isOver === false) throw new ComparisonRuns("a comparison runs already");
    const { receiverBytesPerSecond = MIB, totalBytes = 256 * MIB } = request;
    this.#latest = new Running(receiverBytesPerSecond, totalBytes);
    await this.#latest.start();
  }

  /** Ends the one that runs, and waits until nothing of it is left. */
  async stop(): Promise<void> {
    await this.#latest?.stop();
  }
}

class Running {
  readonly #rate: number;
  readonly #totalBytes: number;
  readonly #senders: readonly [Sender, Sender];

  constructor(rate: number, totalBytes: number) {
    this.#rate = rate;
    this.#totalBytes = totalBytes;
    this.#senders = [new Sender("naive", rate, totalBytes), new Sender("writer", rate, totalBytes)];
  }

  get isOver(): boolean {
    return this.#senders.every(({ isOver }) => isOver);
  }

  get sample(): Comparison {
    const [naive, writer] = this.#senders;
    return {
      receiverBytesPerSecond: this.#rate,
      totalBytes: this.#totalBytes,
      naive: naive.sample,
      writer: writer.sample,
    };
  }

  async start(): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.stop()));
  }
}

/** A process that sends, and what receives from it in this process, at a rate. */
class Sender {
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

  async start(): Promise<void> {
    const listener = await listen();
    this.#listener = listener;
    const options: SenderOptions = {
      kind: this.#kind,
      port: (listener.address as AddressInfo).port,
      totalBytes: this.#totalBytes,
      maxHeldBytes: MAX_HELD_BYTES,
    };
    const child = fork(join(import.meta.dirname, "sender.ts"), [JSON.stringify(options)]);
    this.#child = child;
    child.on("message", (report) => (this.#report = report as SenderReport));
    this.#over = this.#run(listener, child);
  }

  async stop(): Promise<void> {
    this.#child?.kill();
    this.#listener?.abort();
    await this.#over;
  }

  async #run(listener: TcpListener, child: ChildProcess): Promise<void> {
    const ended = once(child, "exit");
    const received = this.#receive(listener).catch(() => listener.abort());
    const [code] = (await ended) as [number | null];
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

import type { Comparison, NaiveRequest } from "../live/switches.ts";
import { SenderRun } from "./sender-run.ts";

const MIB = 1024 * 1024;

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
  readonly #senders: readonly [SenderRun, SenderRun];

  constructor(rate: number, totalBytes: number) {
    this.#rate = rate;
    this.#totalBytes = totalBytes;
    this.#senders = [
      new SenderRun("naive", rate, totalBytes),
      new SenderRun("writer", rate, totalBytes),
    ];
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

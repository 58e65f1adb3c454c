/** What SIGINT and SIGTERM ask for. While there is a listener, they do not end the process. */
export class Signals implements Disposable {
  readonly #stop = new AbortController();
  readonly #abort = new AbortController();
  readonly #onSignal = (): void => (this.#stop.signal.aborted ? this.#abort : this.#stop).abort();

  constructor() {
    process.on("SIGINT", this.#onSignal).on("SIGTERM", this.#onSignal);
  }

  /** Fires at the first one: end what is under way. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Fires at the second one: end at once. */
  get abort(): AbortSignal {
    return this.#abort.signal;
  }

  /** Resolves at the first one. */
  async stopped(): Promise<void> {
    if (this.stop.aborted) return;
    await new Promise((resolve) => this.stop.addEventListener("abort", resolve, { once: true }));
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.#onSignal).off("SIGTERM", this.#onSignal);
  }
}

/** One `reopen()` that waits for its turn: for what was written before it. */
export class Reopening {
  /** Settles once the file before is closed, or the new one could not be opened. */
  ended: Promise<void> | undefined;
  readonly #reopen: () => Promise<void>;

  constructor(reopen: () => Promise<void>) {
    this.#reopen = reopen;
  }

  get isBegun(): boolean {
    return this.ended !== undefined;
  }

  /** Opens the new file now. Never throws: whoever called `reopen` gets the failure. */
  begin(): void {
    const reopen = this.#reopen;
    this.ended = (async () => reopen())();
    // Its caller may come to it only after this turn.
    this.ended.catch(() => {});
  }
}

/** State that the page shows: tells whoever looks that it has changed. */
export class Observable {
  readonly #listeners = new Set<() => void>();

  /** Returns what removes the listener. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

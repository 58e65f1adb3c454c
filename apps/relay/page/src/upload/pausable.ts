/** Holds chunks back while it is paused. */
export class Pause {
  #resumed: PromiseWithResolvers<void> | undefined;

  pause(): void {
    this.#resumed ??= Promise.withResolvers();
  }

  resume(): void {
    this.#resumed?.resolve();
    this.#resumed = undefined;
  }

  /** The same chunks; while it is paused none is read. */
  async *over(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      await this.#resumed?.promise;
      yield chunk;
    }
  }
}

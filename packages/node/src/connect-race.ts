import type { Socket } from "node:net";

/**
 * Attempts to connect that run side by side (RFC 8305, section 5): the next one begins when one fails,
 * or `delay` milliseconds after the one before. None is given up before one has won: a slow answer beats
 * none.
 */
export class ConnectRace {
  readonly #attempts: (() => Socket)[];
  readonly #delay: number;
  readonly #running = new Set<Socket>();
  readonly #errors: Error[] = [];
  readonly #outcome: PromiseWithResolvers<Socket> = Promise.withResolvers();
  #timer: NodeJS.Timeout | undefined;

  /** @param attempts each begins an attempt, the likeliest first */
  constructor(attempts: readonly (() => Socket)[], delay: number) {
    this.#attempts = [...attempts];
    this.#delay = delay;
    this.#next();
  }

  /** The socket that connected first. Rejects with the error of the only attempt, or an AggregateError. */
  get winner(): Promise<Socket> {
    return this.#outcome.promise;
  }

  /** Gives up all attempts, also one that has won and was not taken. */
  abandon(): void {
    this.#outcome.promise.then(
      (socket) => socket.destroy(),
      () => {},
    );
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#attempts.length = 0;
    for (const socket of this.#running) {
      // An attempt under way may fail after the answer; its error no longer matters.
      socket.removeAllListeners("connect").on("error", () => {});
      socket.destroy();
    }
    this.#running.clear();
  }

  #next(): void {
    clearTimeout(this.#timer);
    const begin = this.#attempts.shift();
    if (begin === undefined) {
      if (this.#running.size === 0) this.#outcome.reject(this.#failure());
      return;
    }
    let socket: Socket;
    try {
      socket = begin();
    } catch (error) {
      this.#errors.push(error as Error);
      this.#next();
      return;
    }
    this.#running.add(socket);
    const onError = (error: Error): void => {
      this.#running.delete(socket);
      this.#errors.push(error);
      this.#next();
    };
    socket.once("error", onError);
    socket.once("connect", () => {
      socket.off("error", onError);
      this.#running.delete(socket);
      this.#stop();
      this.#outcome.resolve(socket);
    });
    if (this.#attempts.length > 0) this.#timer = setTimeout(() => this.#next(), this.#delay);
  }

  #failure(): Error {
    const [only] = this.#errors;
    if (this.#errors.length === 1 && only !== undefined) return only;
    return new AggregateError(this.#errors, "no address could be connected to");
  }
}

import type { Socket } from "node:net";

/**
 * Attempts to connect that run side by side (RFC 8305, section 5): the next one begins when one fails,
 * or `delay` milliseconds after the one before. None is given up before one has won: a slow answer beats
 * none.
 */
export class ConnectRace {
  /** Those that have not begun, the likeliest first. */
  #attempts: (() => Socket)[] = [];
  readonly #delay: number;
  readonly #running = new Set<Socket>();
  readonly #errors: Error[] = [];
  readonly #outcome: PromiseWithResolvers<Socket> = Promise.withResolvers();
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(delay: number) {
    this.#delay = delay;
  }

  /**
   * The socket that connected first. Rejects with the error of the only attempt, with an AggregateError of all, or with
   * why the race was abandoned.
   */
  get winner(): Promise<Socket> {
    return this.#outcome.promise;
  }

  /** Begins the race, unless it is over. */
  begin(attempts: readonly (() => Socket)[]): void {
    if (this.#isOver) return;
    this.#attempts = [...attempts];
    this.#next();
  }

  /** Gives up all attempts, if none has won. */
  abandon(error: Error): void {
    this.#stop();
    this.#outcome.reject(error);
  }

  #stop(): void {
    this.#isOver = true;
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

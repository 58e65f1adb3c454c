import type { BunHandlers, BunSocket } from "./bun.ts";

/** What handles the events of a socket. */
export interface Reaction {
  data(data: Buffer): void;
  drain(): void;
  end(): void;
}

/** Before there is anything that could happen. */
export const NOT_YET: Reaction = { data: () => {}, drain: () => {}, end: () => {} };

/** A socket whose events go where its `data` says. */
export type Reacting = BunSocket<Reaction>;

/** One for all sockets, as Bun wants it. Its `open` has to give `data` to a socket. */
export function handlersOf(
  open: (socket: Reacting) => void,
  fail: (error: Error) => void,
): BunHandlers<Reaction> {
  return {
    open,
    data: (socket, data) => socket.data.data(data),
    drain: (socket) => socket.data.drain(),
    end: (socket) => socket.data.end(),
    // Once its own end was sent, that of the peer is no `end` any more.
    close: (socket) => socket.data.end(),
    error: (_socket, error) => fail(error),
  };
}

/** From one socket to another, or back. Nothing is read while there is something that was not taken. */
export class Link {
  readonly #from: Reacting;
  readonly #to: Reacting;
  readonly #left: Uint8Array[] = [];
  #ended = false;

  constructor(from: Reacting, to: Reacting) {
    this.#from = from;
    this.#to = to;
  }

  pass(data: Uint8Array): void {
    if (this.#left.length > 0) {
      this.#left.push(data);
      return;
    }
    const taken = this.#to.write(data);
    if (taken === data.length) return;
    this.#left.push(data.subarray(Math.max(0, taken)));
    this.#from.pause();
  }

  /** The destination takes more. */
  drained(): void {
    if (this.#left.length === 0) return;
    // With one write: a batch that was not taken may be many messages.
    const left = Buffer.concat(this.#left.splice(0));
    const taken = Math.max(0, this.#to.write(left));
    if (taken < left.length) {
      this.#left.push(left.subarray(taken));
      return;
    }
    this.#from.resume();
    if (this.#ended) this.#to.shutdown();
  }

  /** The source has ended: so does the destination once all was taken. With both ends it closes. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#left.length === 0) this.#to.shutdown();
  }
}

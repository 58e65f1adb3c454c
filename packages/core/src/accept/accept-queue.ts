import { AsyncWriteError } from "../trait/error.ts";
import { LinkedList, type Linked } from "./linked-list.ts";

/** How many connections wait for a loop to take them, unless said otherwise. */
const DEFAULT_MAX_WAITING = 1024;

/** The name and the bound of an {@link AcceptQueue}. */
export interface AcceptQueueOptions {
  /** What the messages call the listener: "tcp 127.0.0.1:9443". */
  name: () => string;
  /** How many connections may wait until somebody takes them. Default: 1,024. */
  maxWaiting?: number | undefined;
}

/** What a queue does with a connection that nobody takes. */
interface Abortable {
  abort(reason?: unknown): void;
}

/** As a method: a queue of some connections is one of what they extend, too. */
interface Resolvable<C> {
  resolve(result: IteratorResult<C>): void;
}

/** One call of `next` that waits for a connection. */
class Taker<C> implements Linked<Taker<C>> {
  /** Whose call it is: an iterator that returns takes its waiting calls with it. */
  readonly iterator: object;
  readonly resolve: Resolvable<C>["resolve"];
  previous: Taker<C> | undefined;
  next: Taker<C> | undefined;

  constructor(iterator: object, resolve: Resolvable<C>["resolve"]) {
    this.iterator = iterator;
    this.resolve = resolve;
  }
}

/**
 * For implementors: the connections that a listener has accepted and nobody has taken yet, in the
 * order they came, and the loops that wait for one. A connection belongs to whoever takes it.
 *
 * A listener checks {@link AcceptQueue.full} before it spends a handshake, gives each connection to
 * {@link AcceptQueue.offer}, and says with {@link AcceptQueue.remove} that one has ended.
 */
export class AcceptQueue<C extends Abortable> implements AsyncIterable<C> {
  readonly #name: () => string;
  readonly #maxWaiting: number;
  /** In the order they came; a Set, so that one that ends early costs no search. Empty while the loop keeps up. */
  readonly #waiting = new Set<C>();
  /** The calls of `next` that wait, the longest first. */
  readonly #takers = new LinkedList<Taker<C>>();
  #closed = false;

  constructor({ name, maxWaiting = DEFAULT_MAX_WAITING }: AcceptQueueOptions) {
    this.#name = name;
    this.#maxWaiting = maxWaiting;
  }

  /** How many connections wait for a loop. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Why one more connection is not taken now: `ERR_AW_LIMIT`; undefined while there is room. */
  get full(): AsyncWriteError | undefined {
    if (this.#takers.size > 0 || this.#waiting.size < this.#maxWaiting) return undefined;
    const message = `${this.#name()}: refused a connection, ${this.#maxWaiting} wait that nobody has taken; iterate over the listener, or close it`;
    return new AsyncWriteError("ERR_AW_LIMIT", message);
  }

  /**
   * Hands a connection to the loop that has waited longest, or lets it wait for one. Aborts it, and
   * returns why, if the queue is full (`ERR_AW_LIMIT`) or closed (`ERR_AW_CLOSED`).
   */
  offer(connection: C): AsyncWriteError | undefined {
    const refused = this.#closed ? this.#isClosed() : this.full;
    if (refused !== undefined) {
      connection.abort(refused);
      return refused;
    }
    const taker = this.#takers.first;
    if (taker === undefined) {
      this.#waiting.add(connection);
      return undefined;
    }
    this.#takers.delete(taker);
    taker.resolve({ done: false, value: connection });
    return undefined;
  }

  /** The connection has ended: drops it if it waits here. Returns whether it did. */
  remove(connection: C): boolean {
    return this.#waiting.delete(connection);
  }

  /** Ends the loops, and aborts what nobody took. */
  close(reason?: unknown): void {
    this.#closed = true;
    this.#endTakers(undefined);
    for (const connection of this.#waiting) {
      this.#waiting.delete(connection);
      connection.abort(reason);
    }
  }

  /** The loop of a listener. Leaving it leaves the queue as it is. */
  [Symbol.asyncIterator](): AsyncIterator<C> {
    const iterator: AsyncIterator<C> = {
      next: () => this.#next(iterator),
      return: () => {
        // A call that nobody waits for any more would swallow a connection.
        this.#endTakers(iterator);
        return Promise.resolve({ done: true, value: undefined });
      },
    };
    return iterator;
  }

  #next(iterator: object): Promise<IteratorResult<C>> {
    for (const value of this.#waiting) {
      this.#waiting.delete(value);
      return Promise.resolve({ done: false, value });
    }
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#takers.add(new Taker(iterator, resolve)));
  }

  /** @param iterator whose calls; undefined for all */
  #endTakers(iterator: object | undefined): void {
    for (const taker of this.#takers.toArray()) {
      if (iterator !== undefined && taker.iterator !== iterator) continue;
      this.#takers.delete(taker);
      taker.resolve({ done: true, value: undefined });
    }
  }

  #isClosed(): AsyncWriteError {
    return new AsyncWriteError("ERR_AW_CLOSED", `${this.#name()}: the listener is closed`);
  }
}

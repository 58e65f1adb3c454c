import type { AddressInfo, Server } from "node:net";
import type { AsyncWriteError } from "@aw/core";
import {
  AcceptQueue,
  checkOptions,
  formatAddress,
  integer,
  LinkedList,
  MAX_TIMER_MS,
  oneOf,
  STRING,
  Timer,
  type Linked,
  type Schema,
} from "@aw/core/implementor";
import type { AcceptedConnection } from "./accepted.ts";

/** How long peers have to answer the close of a listener whose deadline is over, in milliseconds. */
const LAST_CALL = 1000;

/** What `close` of a listener can be given. */
export interface ListenerCloseOptions {
  /**
   * Ends the connections that are still open after this many milliseconds: with a close frame that
   * says `code`, and cut off a second later. Default: waits until they end.
   */
  deadline?: number | undefined;
  /** The close code that the peers get then: 1001, "going away", or 1012, "restarting". Default: 1001. */
  code?: 1001 | 1012 | undefined;
  /** The reason that goes with the code, at most 123 bytes of UTF-8. Default: "". */
  reason?: string | undefined;
}

const CLOSE_OPTIONS: Schema<ListenerCloseOptions> = {
  deadline: { ...integer(0, MAX_TIMER_MS), allowed: "an integer of milliseconds, 0 or more" },
  code: oneOf(1001, 1012),
  reason: {
    allowed: "text of at most 123 bytes",
    accepts: (value) => STRING.accepts(value) && Buffer.byteLength(value as string) <= 123,
  },
};

/** What a listener does with its connections. */
export interface Acceptable {
  abort(reason?: unknown): void;
  /** Ends both directions with a close frame. */
  drop(code: number, reason?: string): void;
}

/** A connection that is open, or that ended in good order and waits to be read. */
class Held<C extends Acceptable> implements Linked<Held<C>> {
  readonly connection: C;
  state: "untaken" | "ended untaken" | "taken" = "untaken";
  previous: Held<C> | undefined;
  next: Held<C> | undefined;

  constructor(connection: C) {
    this.connection = connection;
  }

  /** One that was not taken is closed with 1001 ("going away"). */
  abort(): void {
    this.state = "taken";
    this.connection.drop(1001);
  }
}

/**
 * Accepts WebSockets. Iterate over it for its connections; each is yours from then on. Up to `maxWaiting`
 * wait until the loop takes them. Leaving an `await using` block aborts.
 */
export class WebSocketListener<C extends Acceptable = AcceptedConnection>
  implements AsyncIterable<C>, AsyncDisposable
{
  readonly #server: Server;
  readonly #onStop: (() => void)[];
  readonly #open = new LinkedList<Held<C>>();
  readonly #queue: AcceptQueue<Held<C>>;
  /** How many of the queue have ended in good order: what they sent is still to be read. */
  #endedUntaken = 0;
  #idle: (() => void)[] = [];
  #accepting = true;

  /** For `listen` and `attach`: `stopAccepting` refuses further upgrades. */
  constructor(server: Server, maxWaiting: number | undefined, stopAccepting: () => void) {
    this.#server = server;
    this.#queue = new AcceptQueue({ name: () => this.toString(), maxWaiting });
    this.#onStop = [stopAccepting];
  }

  /** For `listen`: what else ends when the listener accepts no more. */
  onStop(step: () => void): void {
    this.#onStop.push(step);
  }

  /** Where the server listens; null if it does not yet. */
  get address(): AddressInfo | string | null {
    return this.#server.address();
  }

  /** How many connections are open now. */
  get connections(): number {
    return this.#open.size;
  }

  /** For `attach`: those that are open, and those that ended and wait to be read. */
  get held(): number {
    return this.#open.size + this.#endedUntaken;
  }

  /** For `attach`: why the queue takes no more now. */
  get full(): AsyncWriteError | undefined {
    return this.#queue.full;
  }

  [Symbol.asyncIterator](): AsyncIterator<C> {
    const held = this.#queue[Symbol.asyncIterator]();
    return {
      next: async () => {
        const { done, value } = await held.next();
        if (done) return { done: true, value: undefined };
        if (value.state === "ended untaken" && this.#accepting) this.#endedUntaken--;
        value.state = "taken";
        return { done: false, value: value.connection };
      },
      return: async () => {
        await held.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  /**
   * For `attach`: hands a connection to the loop. Returns what to call at its end, with whether
   * there may be something to read of one that was not taken.
   */
  add(connection: C): (inGoodOrder: boolean) => void {
    const held = new Held(connection);
    this.#open.add(held);
    this.#queue.offer(held);
    return (inGoodOrder) => {
      this.#open.delete(held);
      if (held.state === "untaken" && inGoodOrder) {
        held.state = "ended untaken";
        this.#endedUntaken++;
      } else if (held.state === "untaken") this.#queue.remove(held);
      if (this.#open.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    };
  }

  /**
   * Accepts no more connections and ends the loop. Resolves once the open ones have ended; waits for
   * them until `deadline`, or with no limit. Those that were not taken from the loop are closed with 1001.
   *
   * Rejects with `ERR_AW_INVALID_ARGUMENT` for options that can't be meant, and continues to listen.
   */
  async close(options: ListenerCloseOptions = {}): Promise<void> {
    checkOptions(`${this}: close`, options, CLOSE_OPTIONS);
    const { deadline, code = 1001, reason } = options;
    this.#stop();
    const timer = new Timer();
    if (deadline !== undefined) {
      timer.start(deadline, () => {
        for (const { connection } of this.#open.toArray()) connection.drop(code, reason);
        timer.start(LAST_CALL, () => this.#abortAll(undefined));
      });
    }
    if (this.#open.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    timer.clear();
  }

  /** Closes at once: aborts every open connection. */
  abort(reason?: unknown): void {
    this.#stop();
    this.#abortAll(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort(new Error("the `await using` block of the listener ended"));
    await this.close();
  }

  toString(): string {
    const address = this.address;
    if (address === null) return "websocket listener";
    return typeof address === "string"
      ? `websocket unix ${address}`
      : `websocket ${formatAddress(address.address, address.port)}`;
  }

  #stop(): void {
    if (!this.#accepting) return;
    this.#accepting = false;
    for (const step of this.#onStop) step();
    this.#queue.close();
    this.#endedUntaken = 0;
  }

  #abortAll(reason: unknown): void {
    for (const { connection } of this.#open.toArray()) connection.abort(reason);
  }
}

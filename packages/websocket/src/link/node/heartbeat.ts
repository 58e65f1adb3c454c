import { MILLISECONDS, Timer, type Schema } from "@aw/core/implementor";
import type { Pulse } from "./pulse.ts";

/** When pings go, and how long their answers may take. */
export interface HeartbeatOptions {
  /**
   * A ping goes at the latest so long after the last byte of the peer, and not before half of it, in
   * milliseconds. Default: 30,000.
   */
  interval?: number | undefined;
  /** How long after a ping there may be no sign of life, in milliseconds. Default: 10,000. */
  timeout?: number | undefined;
}

export const HEARTBEAT_OPTIONS: Schema<HeartbeatOptions> = {
  interval: MILLISECONDS,
  timeout: MILLISECONDS,
};

/** A monotonic clock, in milliseconds. */
export type Clock = () => number;

/**
 * Pings a peer that says nothing, and finds that it is dead. A byte that comes is a sign of life, and so
 * is one of ours that had to wait and has left now: the peer has made room. So a message that takes
 * minutes keeps a connection alive, in either direction.
 *
 * It concludes nothing from time that could not be used: while our reader makes the peer wait, or when
 * its own timer comes late because the process was suspended or busy. And before it concludes, it lets
 * the event loop read what waits.
 */
export class Heartbeat {
  readonly #pulse: Pulse;
  readonly #interval: number;
  readonly #timeout: number;
  readonly #now: Clock;
  readonly #onDead: (message: string) => void;
  readonly #timer: Timer = new Timer();
  /** When the next look is due. */
  #due = 0;
  /** Since when there was a ping and no life; undefined while no ping is unanswered. */
  #asked: number | undefined;
  #pinged = 0;
  #over = false;

  constructor(
    pulse: Pulse,
    options: HeartbeatOptions,
    onDead: (message: string) => void,
    now: Clock = () => performance.now(),
  ) {
    this.#pulse = pulse;
    this.#interval = options.interval ?? 30_000;
    this.#timeout = options.timeout ?? 10_000;
    this.#onDead = onDead;
    this.#now = now;
  }

  start(): void {
    this.#pinged = this.#now();
    this.#pulse.beat();
    this.#next();
  }

  stop(): void {
    this.#over = true;
    this.#timer.clear();
  }

  #next(): void {
    const now = this.#now();
    const look = now + this.#interval / 2;
    this.#due = this.#asked === undefined ? look : Math.min(look, this.#asked + this.#timeout);
    this.#timer.start(Math.max(1, Math.ceil(this.#due - now)), () => this.#look());
  }

  #look(): void {
    const now = this.#now();
    // The peer may have been suspended with us, or we have kept it waiting: it gets its time anew.
    const unusable = this.#pulse.isBlind || now - this.#due >= this.#timeout / 2;
    const alive = this.#pulse.beat();
    if (alive) this.#asked = undefined;
    else if (unusable && this.#asked !== undefined) this.#asked = now;
    if (this.#asked !== undefined && now - this.#asked >= this.#timeout) {
      // Timers come before what has arrived meanwhile.
      setImmediate(() => this.#conclude());
      return;
    }
    const wanted = this.#asked === undefined && !alive && !this.#pulse.isBlind;
    if (wanted) this.#asked = now;
    // Proxies want to see something even while our reader makes the peer wait.
    if (wanted || (!alive && now - this.#pinged >= this.#interval)) this.#ping(now);
    this.#next();
  }

  #ping(now: number): void {
    this.#pinged = now;
    this.#pulse.ping();
  }

  #conclude(): void {
    if (this.#over) return;
    if (this.#pulse.beat() || this.#pulse.isBlind) {
      this.#asked = undefined;
      this.#next();
    } else {
      this.#onDead(`no sign of life within ${this.#timeout} ms of a ping; the peer is dead`);
    }
  }
}

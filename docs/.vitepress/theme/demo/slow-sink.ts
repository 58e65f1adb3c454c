/** How fast a sink takes bytes, in bytes per second. 0: not at all. */
export type Speed = number;

/** A destination that takes its time, like a peer behind a slow link. One call at a time. */
export class SlowSink {
  /** Bytes that it has taken. */
  delivered = 0;
  #speed: Speed;
  #left = 0;
  #total = 0;
  #done: (() => void) | undefined;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(speed: Speed) {
    this.#speed = speed;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  set speed(speed: Speed) {
    this.#speed = speed;
  }

  /** Calls `done` once all bytes are taken. */
  take(bytes: Uint8Array, done: () => void): void {
    this.#left = bytes.length;
    this.#total = bytes.length;
    this.#done = done;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    let room = (this.#speed * TICK_MS) / 1000;
    while (room > 0 && this.#done !== undefined) {
      const used = Math.min(room, this.#left);
      room -= used;
      this.#left -= used;
      if (this.#left > 0) return;
      this.delivered += this.#total;
      const done = this.#done;
      this.#done = undefined;
      done();
    }
  }
}

const TICK_MS = 50;

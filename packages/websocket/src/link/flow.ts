import type { Link } from "./link.ts";

/** What is read ahead, in bytes: control frames behind it are seen although the reader waits. */
export const READ_AHEAD: number = 32 * 1024;

/** What may arrive unread after close(), in bytes, until the peer answers it; and after a cancel. */
export const UNREAD: number = 1024 * 1024;

/** When the peer may send, and when it has to wait: the reading side of a link that can pause. */
export class Flow {
  readonly #link: Link;
  #draining = false;
  /** What came after a cancel, in bytes. */
  #discarded = 0;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Whether everything is taken, because the answer to a close is behind it. */
  get isDraining(): boolean {
    return this.#draining;
  }

  /** Takes what comes from now on, whether or not somebody reads. */
  drain(): void {
    this.#draining = true;
    this.#link.resume();
  }

  /** Enough waits to be read: the peer has to wait. */
  hold(): void {
    if (!this.#draining) this.#link.pause();
  }

  /** Makes the peer wait whatever else is to come. */
  stop(): void {
    this.#link.pause();
  }

  /** The peer may send. */
  release(): void {
    this.#link.resume();
  }

  /** Bytes came that nobody wants. A little may, so that an end that is near is noticed; then the peer has to wait. */
  discard(size: number): void {
    this.#discarded += size;
    if (this.#discarded > UNREAD) this.hold();
  }
}

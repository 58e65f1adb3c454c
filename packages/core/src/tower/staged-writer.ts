import { PENDING, type Poll } from "../trait/poll.ts";
import { maxUtf8Length, Staging } from "../slab/staging.ts";
import type { Waker } from "../trait/waker.ts";
import { SelfDriven } from "./self-driven.ts";

/**
 * What both engines share: the way in. Writes are gathered in one slab while the one before it
 * is worked on; with both full they are `PENDING`.
 */
export abstract class StagedWriter extends SelfDriven {
  /** The slab that fills. */
  protected staged: Staging = new Staging();
  /** The slab that is worked on. */
  protected leaving: Staging = new Staging();
  /** Whether the staged bytes should leave as soon as they can, full slab or not. */
  protected due = false;

  /** Does all that can be done now: above all, takes the staged bytes if they are due. */
  protected abstract advance(): void;

  /** Borrows a slab for the write at hand, of `size` bytes. */
  protected abstract openStaged(size: number): void;

  /** Whether a write is better passed on as it is, by `writeUncopied`. */
  protected goesUncopied(_buf: Uint8Array): boolean {
    return false;
  }

  /** Passes a write on as it is; nothing is staged or on its way. */
  protected writeUncopied(_buf: Uint8Array): number {
    return 0;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    // A slab that is exactly full has to leave, which is not for the fast path.
    if (this.staged.tryPutWithin(buf)) return buf.length;
    return this.#write(waker, buf);
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    let total = 0;
    for (const buf of bufs) {
      if (total > 0 && !this.#gathers(buf)) break;
      const n = total > 0 ? this.#gather(buf) : this.pollWrite(waker, buf);
      if (n === PENDING) return n;
      total += n;
      if (n < buf.length) break;
    }
    if (total === 0 && this.state !== "open") this.refuse();
    return total;
  }

  /** Gathering many buffers is one call instead of many. */
  override get isVectored(): boolean {
    return true;
  }

  protected override acceptText(text: string): boolean {
    const most = maxUtf8Length(text);
    if (this.state !== "open" || most === 0) return false;
    if (!this.staged.isOpen) this.openStaged(most);
    if (most > this.staged.room) {
      // An empty slab that stayed open would count as one whose departure is scheduled.
      if (this.staged.length === 0) this.staged.release();
      return false;
    }
    this.staged.putText(text);
    return true;
  }

  /** Makes the staged bytes those that are worked on. */
  protected takeStaged(): Staging {
    const slab = this.staged;
    this.staged = this.leaving;
    this.leaving = slab;
    return slab;
  }

  /** Lets go of both slabs. Whatever the leaving one was handed to may still read it. */
  protected forgetSlabs(): void {
    this.staged.release();
    this.leaving.forget();
  }

  #write(waker: Waker, buf: Uint8Array): Poll<number> {
    if (buf.length === 0) return 0;
    const uncopied = this.goesUncopied(buf);
    if (uncopied || !this.#hasRoom()) {
      this.due = true;
      this.advance();
      this.check();
      // What had to go first may have begun a step that lasts; then the order needs a copy.
      if (uncopied && this.goesUncopied(buf)) return this.writeUncopied(buf);
      if (!this.#hasRoom()) return this.park(waker);
    }
    return this.#gather(buf);
  }

  #hasRoom(): boolean {
    return this.staged.room > 0 || !this.staged.isOpen;
  }

  /** Whether a buffer after the first can be taken without waiting or throwing (AW-VEC-1). */
  #gathers(buf: Uint8Array): boolean {
    return this.state === "open" && this.#hasRoom() && !this.goesUncopied(buf);
  }

  /** Copies what fits; there is room. A slab that is full leaves at once if it can. */
  #gather(buf: Uint8Array): number {
    if (buf.length === 0) return 0;
    if (!this.staged.isOpen) this.openStaged(buf.length);
    const n = this.staged.put(buf);
    if (this.staged.room === 0) {
      this.due = true;
      this.advance();
    }
    return n;
  }
}

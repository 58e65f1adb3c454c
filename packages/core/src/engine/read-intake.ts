import { SlabSize } from "../slab/slab-size.ts";
import { Staging } from "../slab/staging.ts";
import { TurnEnd } from "../task/turn-end.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { checkFilled } from "../trait/consumed.ts";
import { PENDING } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import type { Ending } from "./arrivals.ts";
import { IdleCheck } from "./idle-check.ts";
import { DEFAULT_BLOCK_SIZE, type TransformReadEngineOptions } from "./transform-options.ts";

/**
 * From this size on, in bytes, a chunk that the inner reader gives away is not copied into a block, unless
 * `firstBlockSize` asks for larger ones.
 */
const DIRECT_FROM = 16 * 1024;

/**
 * The way in of a reading layer: takes from the inner reader what makes one block, which is small pieces
 * gathered, or a large chunk where it is.
 */
export class ReadIntake {
  /** How the inner reader ended, if it has. For everybody else to read only. */
  ending: Ending | undefined;
  /** Whether the inner reader has nothing more for now, as far as somebody wants to know. */
  isIdle = false;
  readonly #inner: AsyncBufRead;
  readonly #waker: Waker;
  readonly #blockSize: number;
  readonly #directFrom: number;
  readonly #sizes: SlabSize;
  readonly #turnEnd: TurnEnd | undefined;
  readonly #idleCheck: IdleCheck | undefined;
  /** Small pieces that were gathered for the next block, or are the block that was taken. */
  #gathered: Staging = new Staging();
  /** What is left of a large chunk. */
  #direct: Uint8Array | undefined;
  /** Whether no more is to be gathered into the block. */
  #isDue = false;
  /** Whether the inner reader had nothing when it was last polled. */
  #isPending = false;

  /**
   * @param waker is woken when the inner reader has something
   * @param onIdle called when `isIdle` has become true
   */
  constructor(
    inner: AsyncBufRead,
    waker: Waker,
    options: TransformReadEngineOptions,
    onIdle: () => void,
  ) {
    const { blockSize = DEFAULT_BLOCK_SIZE, firstBlockSize } = options;
    this.#inner = inner;
    this.#waker = waker;
    this.#blockSize = blockSize;
    this.#sizes = new SlabSize(blockSize, firstBlockSize ?? DEFAULT_BLOCK_SIZE);
    this.#directFrom = Math.max(DIRECT_FROM, Math.min(firstBlockSize ?? 0, blockSize));
    const idle = (): void => {
      if (!this.#isPending) return;
      this.isIdle = true;
      onIdle();
    };
    if (options.eager === true) this.#turnEnd = new TurnEnd(idle);
    if (options.flushOnIdle === true) this.#idleCheck = new IdleCheck(idle);
  }

  /**
   * Takes from the inner reader up to a whole block, its end, or until it has nothing now. Returns the block
   * if there is one: valid until `release`.
   *
   * @param takesPart whether a block that is not full is one while the inner reader is idle
   * @param isDirty whether to find out when the inner reader is idle, also if nothing is gathered
   */
  take(takesPart: boolean, isDirty: boolean): Uint8Array | undefined {
    if (this.#direct === undefined && this.ending === undefined) this.#gather(takesPart, isDirty);
    if (this.#direct !== undefined) return this.#direct.subarray(0, this.#blockSize);
    if (!this.#isDue || this.#gathered.length === 0) return undefined;
    this.#sizes.adapt(this.#gathered);
    return this.#gathered.view();
  }

  /** The block that was taken has been used. */
  release(): void {
    if (this.#direct === undefined) this.#gathered.release();
    else {
      const rest = this.#direct.subarray(Math.min(this.#direct.length, this.#blockSize));
      this.#direct = rest.length === 0 ? undefined : rest;
    }
  }

  /** Keeps the block that was taken valid until what this returns is called. */
  keep(): () => void {
    // A chunk that was given away is nobody else's: it stays as long as somebody holds it.
    if (this.#direct !== undefined) return () => {};
    const kept = this.#gathered;
    this.#gathered = new Staging();
    return () => kept.release();
  }

  /** @param isInUse whether somebody may still read the block that was taken */
  drop(isInUse: boolean): void {
    if (isInUse) this.#gathered.forget();
    else this.#gathered.release();
    this.#direct = undefined;
  }

  #gather(takesPart: boolean, isDirty: boolean): void {
    this.#isDue = false;
    try {
      while (this.#gatherMore());
    } catch (error) {
      this.ending = { error };
    }
    if (this.ending !== undefined || (this.isIdle && takesPart)) this.#isDue = true;
    else if (!this.#isDue && !this.isIdle) this.#awaitIdle(isDirty);
  }

  /** Takes what the inner reader has next. Returns whether to go on with the same block. */
  #gatherMore(): boolean {
    const view = checkFilled(this.#inner.pollFillBuf(this.#waker), this.#inner);
    this.#isPending = view === PENDING;
    if (view === PENDING) return false;
    this.isIdle = false;
    this.#idleCheck?.stir();
    if (view.length === 0) {
      this.ending = "end";
      return false;
    }
    if (view.length < this.#directFrom || this.#inner.pollTake === undefined) {
      this.#gatherSmall(view);
      return !this.#isDue;
    }
    // What was gathered before goes first.
    this.#isDue = this.#gathered.length > 0;
    if (!this.#isDue) this.#takeDirect();
    return false;
  }

  #gatherSmall(view: Uint8Array): void {
    const gathered = this.#gathered;
    if (!gathered.isOpen) gathered.open(this.#sizes.for(view.length), this.#sizes.max);
    this.#inner.consume(gathered.put(view));
    this.#isDue = gathered.room === 0;
  }

  #takeDirect(): void {
    const chunk = checkFilled(this.#inner.pollTake?.(this.#waker) ?? PENDING, this.#inner);
    if (chunk !== PENDING) this.#direct = chunk;
  }

  #awaitIdle(isDirty: boolean): void {
    const isWaiting = this.#gathered.length > 0;
    if (isWaiting) this.#turnEnd?.schedule();
    if (isWaiting || isDirty) this.#idleCheck?.start();
  }
}

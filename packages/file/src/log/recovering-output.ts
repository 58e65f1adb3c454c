import { AsyncWriteError, type Done } from "@aw/core";
import { byteLength } from "../descriptor/byte-length.ts";
import { isFailure } from "../descriptor/done.ts";
import { leavesInFlight } from "../descriptor/leaves-in-flight.ts";
import type { Durability } from "../descriptor/io.ts";
import type { Output } from "../descriptor/output.ts";
import { OutputLayer } from "../descriptor/output-layer.ts";
import { skip } from "../descriptor/skip.ts";
import { Backlog } from "./backlog.ts";
import { isPassing } from "./is-passing.ts";
import { DEFAULT_MAX_BACKLOG, type LogPolicy } from "./log-policy.ts";
import { LogReport } from "./log-report.ts";
import { Retry } from "./retry.ts";

/** A write of the inner output that was begun and not answered. */
interface Flight {
  /** How much of the backlog it writes; 0 if it writes what the engine has handed over. */
  readonly ofBacklog: number;
  /** Whether it was brought to its end synchronously, so that its answer comes too late. */
  settled: boolean;
  /** Whether waiting for it was given up. */
  isStuck: boolean;
  readonly bufs: readonly Uint8Array[];
}

/**
 * A log that outlives the failures of its file. While it can't be written, lines wait in a bounded
 * backlog, and further attempts are made, less and less often; what has no room is lost, and its
 * count is reported. Only failures that can't pass, such as a pipe without a reader, end it.
 */
export class RecoveringOutput extends OutputLayer {
  readonly #log: LogReport;
  readonly #backlog: Backlog;
  readonly #retry = new Retry(() => this.#attempt());
  /** Why lines wait; undefined while all is well. */
  #failure: AsyncWriteError | undefined;
  #flight: Flight | undefined;
  #isClosing = false;
  /** Flushes that wait for the end of the backlog. */
  #waiting: (() => void)[] = [];
  /** A write of the engine that has no room in the backlog: it may be lost after the next attempt. */
  #held: { bufs: readonly Uint8Array[]; done: Done } | undefined;
  readonly #listeners = new Set<(failure: AsyncWriteError) => void>();
  readonly #endListeners = new Set<() => void>();

  /** @param name what the log is called in messages */
  constructor(inner: Output, name: string, policy: LogPolicy) {
    super(inner);
    this.#log = new LogReport(name, policy);
    this.#backlog = new Backlog(policy.maxBacklog ?? DEFAULT_MAX_BACKLOG);
  }

  /** Replaces what `policy` names. */
  configure(policy: LogPolicy): void {
    this.#log.configure(policy);
    if (policy.maxBacklog !== undefined) this.#backlog.maxBytes = policy.maxBacklog;
  }

  /** Calls `listener` whenever an attempt to write has failed. Returns how to stop that. */
  onFailedAttempt(listener: (failure: AsyncWriteError) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` when the log is closed or dropped. */
  onEnd(listener: () => void): void {
    this.#endListeners.add(listener);
  }

  /** Reports what went wrong beside writing: a rotation, a sync. */
  report(error: unknown, attempt: string, linesLost = 0): void {
    this.#log.error(AsyncWriteError.from(error, attempt), linesLost);
  }

  override get unwritten(): readonly Uint8Array[] {
    return [];
  }

  override write(bufs: readonly Uint8Array[], done: Done): void {
    if (this.#isBehind) {
      this.#writeLater(bufs, done);
      return;
    }
    const flight: Flight = { ofBacklog: 0, settled: false, isStuck: false, bufs };
    this.#flight = flight;
    this.inner.write(bufs, (error) => {
      if (this.#flight === flight) this.#flight = undefined;
      if (isFailure(error) && !flight.settled) {
        if (!isPassing(error)) return done(error);
        this.#failed(error, this.inner.unwritten);
      } else {
        // Of what was not waited for, what came after it waits here.
        this.#attempt();
      }
      done();
    });
  }

  override writeNow(bufs: readonly Uint8Array[]): number {
    let rest = skip(bufs, 0);
    const length = byteLength(rest);
    // Before lines are lost, an attempt is worth its time.
    if (this.#mustWait && !this.#backlog.hasRoom(length)) {
      if (this.#failure === undefined) this.#settleFlight();
      if (this.#isBehind) this.#attemptNow();
    }
    try {
      while (!this.#mustWait && rest.length > 0) rest = skip(rest, this.inner.writeNow(rest));
      this.#keep(rest);
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#failed(error, rest);
    }
    return length;
  }

  override settle(isPressing = true): void {
    // A logger need not stand still: its lines wait behind what is in flight.
    // What the engine has handed over before comes before them.
    if (!isPressing && this.#flight !== undefined && !this.#isWorthWaiting)
      return this.#attempted();
    this.#settleFlight();
    if (this.#isBehind) this.#attemptNow();
    else this.#caughtUp();
    this.#attempted();
    // Recovered, it may have begun with what had waited for that.
    if (isPressing && this.#failure === undefined) this.#settleFlight();
  }

  override sync(durability: Durability, done: Done): void {
    if (this.#isBehind && !this.#isClosing) {
      this.#waiting.push(() => this.sync(durability, done));
      this.#attempt();
      return;
    }
    this.inner.sync(durability, (error) => {
      if (isFailure(error)) this.report(error, "sync the log");
      done();
    });
  }

  override syncNow(durability: Durability): void {
    try {
      if (this.#failure === undefined) this.inner.syncNow(durability);
    } catch (error) {
      this.report(error, "sync the log");
    }
  }

  /** No flush waits any more for a file that can't be written: `close` makes the last attempt. */
  override beginClose(): void {
    this.#isClosing = true;
    this.#resume();
  }

  override close(done: Done): void {
    this.#settleFlight();
    if (this.#isBehind) this.#attemptNow();
    const failure = this.#failure;
    this.giveUp();
    this.inner.close((error) => {
      // After a failure `drop` follows.
      if (!isFailure(error) && failure === undefined) this.#end();
      done(isFailure(error) ? error : failure);
    });
  }

  override drop(dropped: () => void): void {
    this.giveUp();
    this.#end();
    super.drop(dropped);
  }

  /** Counts and reports what waits as lost. */
  giveUp(): void {
    this.#retry.stop();
    // What is stuck may be written, or never: nobody will know, so it counts.
    const flight = this.#flight;
    if (flight?.isStuck === true) this.#backlog.unshift(flight.bufs);
    this.#backlog.clear();
    this.#reportLost();
    this.#failure = undefined;
  }

  /** Whether lines wait, or can't be written. */
  get #isBehind(): boolean {
    return this.#failure !== undefined || !this.#backlog.isEmpty;
  }

  /** Whether what is written synchronously has to wait, too. */
  get #mustWait(): boolean {
    return this.#isBehind || this.#flight !== undefined;
  }

  /**
   * Whether lines would be lost behind a write that is in flight and has every prospect. One that
   * follows a failure may fail too, which can't be seen from outside: nobody waits for that.
   */
  get #isWorthWaiting(): boolean {
    if (this.#failure !== undefined || this.#held === undefined) return false;
    return !this.#backlog.hasRoom(byteLength(this.#held.bufs));
  }

  #writeLater(bufs: readonly Uint8Array[], done: Done): void {
    const isStuck = this.#flight !== undefined && this.#flight.ofBacklog === 0;
    if (isStuck || this.#backlog.hasRoom(byteLength(bufs))) {
      this.#keep(bufs);
      done();
      return;
    }
    // Before lines are lost, one more attempt is worth its time.
    this.#held = { bufs, done };
    this.#attempt();
  }

  #keep(bufs: readonly Uint8Array[]): void {
    for (const buf of bufs) this.#backlog.push(buf);
    if (this.#log.isDue) this.#reportLost();
  }

  /** A write has failed, and left `rest`. */
  #failed(error: unknown, rest: readonly Uint8Array[]): void {
    const isNew = this.#failure === undefined;
    this.#failure = AsyncWriteError.from(error, "write the log");
    this.#backlog.unshift(rest);
    if (isNew) this.#log.lines(this.#failure, this.#backlog.takeLost());
    this.#retry.schedule();
    for (const listener of this.#listeners) listener(this.#failure);
    this.#attempted();
  }

  #attempted(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    if (!this.#mustWait) return this.write(held.bufs, held.done);
    this.#keep(held.bufs);
    held.done();
  }

  /** Writes some of the backlog, and goes on with the rest when that is through. */
  #attempt(): void {
    if (this.#flight !== undefined) return;
    if (this.#backlog.isEmpty) return this.#caughtUp();
    const piece = this.#backlog.peek();
    const flight: Flight = { ofBacklog: piece.length, settled: false, isStuck: false, bufs: [] };
    this.#flight = flight;
    this.inner.write([piece], (error) => {
      if (this.#flight === flight) this.#flight = undefined;
      if (!flight.settled) {
        this.#backlog.shift(piece.length);
        if (isFailure(error)) return this.#failed(error, this.inner.unwritten);
      }
      this.#attempt();
    });
  }

  /** Writes the backlog synchronously, as far as that works. */
  #attemptNow(): void {
    if (this.#flight !== undefined) return;
    try {
      while (!this.#backlog.isEmpty) {
        this.#backlog.shift(this.inner.writeNow([this.#backlog.peek()]));
      }
      this.#caughtUp();
    } catch (error) {
      this.#failed(error, []);
    }
  }

  /** Brings what is in flight to its end, if it comes to one. */
  #settleFlight(): void {
    const flight = this.#flight;
    if (flight === undefined) return;
    try {
      this.inner.settle();
      this.#landed(flight);
    } catch (error) {
      if (!isPassing(error)) throw error;
      // What is stuck in the thread pool is not lost: lines wait behind it.
      flight.isStuck = leavesInFlight(error);
      if (!flight.isStuck) this.#landed(flight);
      this.#failed(error, flight.isStuck ? [] : this.inner.unwritten);
    }
  }

  #landed(flight: Flight): void {
    flight.settled = true;
    this.#flight = undefined;
    this.#backlog.shift(flight.ofBacklog);
  }

  /** Nothing waits any more but those who wait for that, whether or not a write had failed. */
  #caughtUp(): void {
    if (this.#failure !== undefined) this.#retry.reset();
    this.#reportLost();
    this.#failure = undefined;
    this.#attempted();
    this.#resume();
  }

  #resume(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  #reportLost(): void {
    const lost = this.#backlog.takeLost();
    if (lost > 0) this.#log.lines(this.#failure, lost);
  }

  #end(): void {
    for (const listener of this.#endListeners) listener();
    this.#endListeners.clear();
  }
}

import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AsyncWriteError, type Source, type SourceControl } from "@aw/core";
import { describeValue, invalidArgument } from "@aw/core/implementor";
import { listenToData, stopListeningToData } from "./duplex-listeners.ts";

/** What the owner of a Duplex knows of it that it does not say itself. */
export interface SourceHooks {
  readonly duplex: Duplex;
  /**
   * Asked when the duplex has ended: calls `done`, with an error if that is not the end of what the
   * peer had to say.
   */
  checkEnd(done: (error?: unknown) => void): void;
  /** Asked when the duplex was closed before its end: why, if that is known here. */
  closeError(): AsyncWriteError | undefined;
  /** Makes a better error of the duplex's. */
  translate(error: unknown): unknown;
  /** Called when the reader was aborted, or has failed. */
  onReaderGone(): void;
  /** What messages call the duplex. */
  toString(): string;
}

/** How many bytes are discarded after a reader was aborted, before the peer is held back. */
const MAX_DISCARDED = 1024 * 1024;

/**
 * What a Duplex brings, as a source. Nothing is asked of the duplex, and no listener is on it, before the
 * first read: until then only its own buffer fills (its highWaterMark).
 *
 * An abort of the reader discards what still comes, up to 1 MiB, so that the end of the duplex is noticed;
 * after that it is paused.
 */
export class DuplexSource implements Source {
  readonly #hooks: SourceHooks;
  #control!: SourceControl;
  #listening: "not yet" | "now" | "no more" = "not yet";
  #isSalvaging = false;
  #isOver = false;
  /** How many bytes were discarded since the reader was aborted; -1 before that. */
  #discarded = -1;

  constructor(hooks: SourceHooks) {
    this.#hooks = hooks;
  }

  start(control: SourceControl): void {
    this.#control = control;
  }

  resume(): void {
    if (this.#listening === "no more") return;
    if (this.#listening === "not yet") this.#listen();
    if (!this.#isOver && this.#duplex.isPaused()) this.#duplex.resume();
  }

  pause(): void {
    this.#duplex.pause();
  }

  destroy(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#discarded = 0;
      if (this.#listening === "not yet") this.#listen();
      this.#duplex.resume();
    }
    this.#hooks.onReaderGone();
  }

  /** Whether nothing more is to come of the duplex, and the engine knows why. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the reader was aborted before the duplex had ended. */
  get isAborted(): boolean {
    return this.#discarded >= 0;
  }

  /** Ends what is read with this error, after the chunks that came before it. */
  fail(cause: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const hooks = this.#hooks;
    this.#control.fail(AsyncWriteError.from(hooks.translate(cause) ?? cause, hooks.toString()));
  }

  /**
   * Takes what came before the duplex failed or was closed, and nobody has asked for: a duplex that is gone
   * hands out nothing by itself.
   */
  salvage(): void {
    if (this.#isOver) return;
    this.#isSalvaging = true;
    for (let chunk: unknown; (chunk = this.#duplex.read()) !== null;) this.#take(chunk);
    this.#isSalvaging = false;
  }

  /** Nobody reads any more: what waits is told why, and nothing more is taken. */
  abandon(): void {
    if (!this.#isOver) this.fail(this.#hooks.closeError());
    if (!this.#duplex.readableEnded) this.release();
  }

  /** Leaves the duplex alone, paused if it was read. */
  release(): void {
    const wasListening = this.#listening === "now";
    this.#listening = "no more";
    if (!wasListening) return;
    this.#duplex.pause();
    stopListeningToData(this.#duplex);
  }

  /** Puts back what was taken and nobody has read. Only once it is released. */
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#duplex.unshift(bytes);
  }

  onError(error: unknown): void {
    this.fail(this.#hooks.closeError() ?? error);
  }

  onEnd(): void {
    this.#hooks.checkEnd((error) => {
      if (error !== undefined && error !== null) this.fail(error);
      else if (!this.#isOver) {
        this.#isOver = true;
        this.#control.end();
      }
    });
  }

  onClose(): void {
    // Whether the end was one is being asked.
    if (this.#duplex.readableEnded) return;
    const message = `${this.#hooks.toString()}: closed before the peer ended its stream`;
    this.fail(
      this.#hooks.closeError() ??
        this.#duplex.errored ??
        new AsyncWriteError("ERR_AW_CONNECTION_RESET", message),
    );
  }

  toString(): string {
    return this.#hooks.toString();
  }

  get #duplex(): Duplex {
    return this.#hooks.duplex;
  }

  #listen(): void {
    this.#listening = "now";
    const duplex = this.#duplex;
    listenToData(duplex);
    if (this.#isOver) return;
    const failure = this.#hooks.closeError();
    const isGone = duplex.destroyed || failure !== undefined;
    if (isGone && failure?.code !== "ERR_AW_ABORTED") this.salvage();
    if (duplex.readableEnded) this.onEnd();
    else if (failure !== undefined) this.fail(failure);
    else if (duplex.destroyed) this.onClose();
  }

  onRead(bytes: Uint8Array): boolean {
    if (this.#listening !== "now") return false;
    if (this.#discarded >= 0) this.#discard(bytes.length);
    else if (!this.#isOver) this.#control.pushCopy(bytes);
    return true;
  }

  onData(chunk: unknown): void {
    // One that is not quite gone emits what it returns, too.
    if (this.#isSalvaging) return;
    if (this.#discarded >= 0) this.#discard((chunk as { length?: number }).length ?? 1);
    else if (!this.#isOver) this.#take(chunk);
  }

  #take(chunk: unknown): void {
    if (!(chunk instanceof Uint8Array)) this.#pushOther(chunk);
    // What comes of a socket is in memory of its own. Of another duplex it may still be somebody else's.
    else if (this.#duplex instanceof Socket) this.#control.push(plain(chunk));
    else this.#control.push(new Uint8Array(chunk));
  }

  /** Text, of a duplex that was told to decode; or what is no byte at all. */
  #pushOther(chunk: unknown): void {
    if (typeof chunk === "string") {
      const bytes = Buffer.from(chunk, this.#duplex.readableEncoding ?? "utf8");
      this.#control.push(new Uint8Array(bytes));
      return;
    }
    const got = describeValue(chunk);
    this.fail(invalidArgument(`${this.#hooks.toString()}: expected bytes to read, got ${got}`));
  }

  #discard(length: number): void {
    this.#discarded += length;
    if (this.#discarded >= MAX_DISCARDED) this.#duplex.pause();
  }
}

/** The same memory, but no Buffer: `slice` of that is a view, where people expect a copy. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

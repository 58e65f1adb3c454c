import { AsyncWriteError } from "@aw/core";
import { Timer } from "@aw/core/implementor";
import type { Flow } from "./flow.ts";
import type { Link } from "./link.ts";

/** The closing handshake (RFC 6455, section 7), and what ends it when the peer does not answer. */
export class ClosingHandshake {
  readonly #link: Link;
  readonly #flow: Flow;
  readonly #timeoutMs: number;
  readonly #timer: Timer = new Timer();

  /** @param timeoutMs how long the peer may take, in milliseconds */
  constructor(link: Link, flow: Flow, timeoutMs: number) {
    this.#link = link;
    this.#flow = flow;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Sends a close frame behind what was sent before.
   *
   * @param onLate called if the peer does not answer in time. Default: the link is cut off
   */
  begin(code: number, reason: string, onLate?: (error: AsyncWriteError) => void): void {
    this.expectPeer(onLate);
    this.#link.close(code, reason);
  }

  /** Gives the peer its time, and reads on: its close frame is behind what it sent before. */
  expectPeer(onLate: (error: AsyncWriteError) => void = () => this.#link.terminate()): void {
    this.#timer.start(this.#timeoutMs, () => {
      const message = `${this.#link.name}: the peer did not answer the close within ${this.#timeoutMs} ms`;
      onLate(new AsyncWriteError("ERR_AW_TIMEOUT", message));
    });
    this.#flow.drain();
  }

  /** Cuts the link off at once. */
  terminate(): void {
    this.#timer.clear();
    this.#link.terminate();
  }

  /** The link is gone: nothing is waited for any more. */
  end(): void {
    this.#timer.clear();
  }
}

import { AsyncWriteError } from "@aw/core";
import type { WebSocket } from "ws";

type Callback = (error: Error | null, data?: Buffer) => void;
type Decompress = (data: Buffer, fin: boolean, callback: Callback) => void;

/** What is used of `ws` that it does not offer: the extension that inflates its messages. */
interface Inflating {
  _extensions?: { "permessage-deflate"?: { decompress?: Decompress } };
}

/**
 * Makes a compressed message wait while our reader makes the peer wait. What one read of the socket
 * brings can unpack to a thousand times its size, and `pause()` of `ws` stops only the reads.
 *
 * On internals of `ws`: it replaces `decompress` of the extension, which the receiver calls for one message
 * after the other. If a version has none, nothing is held back. What to do then: find what calls zlib in its
 * `lib/receiver.js`.
 */
export class InflateGate {
  #isOpen = true;
  #isCut = false;
  #held: (() => void) | undefined;
  #dropHeld: (() => void) | undefined;
  #onHolding: (() => void) | undefined;

  constructor(ws: WebSocket) {
    const { _extensions: extensions } = ws as unknown as Inflating;
    const extension = extensions?.["permessage-deflate"];
    const decompress = extension?.decompress;
    if (extension === undefined || typeof decompress !== "function") return;
    extension.decompress = (data, fin, callback) => {
      const go = (): void => decompress.call(extension, data, fin, callback);
      const drop = (): void =>
        callback(new AsyncWriteError("ERR_AW_ABORTED", "websocket: cut off"));
      if (this.#isCut) drop();
      else if (this.#isOpen) go();
      else {
        // One at a time: the next one is not looked at before this one is done.
        this.#held = go;
        this.#dropHeld = drop;
        this.#sayHolding();
      }
    };
  }

  close(): void {
    this.#isOpen = false;
  }

  open(): void {
    this.#isOpen = true;
    const held = this.#held;
    this.#held = this.#dropHeld = undefined;
    held?.();
  }

  /** Calls back once: when a message waits, or now if one does. */
  whenHolding(callback: () => void): void {
    this.#onHolding = callback;
    if (this.#held !== undefined) this.#sayHolding();
  }

  #sayHolding(): void {
    const callback = this.#onHolding;
    this.#onHolding = undefined;
    callback?.();
  }

  /**
   * The connection is cut off: what waits is thrown away, and what was read before and is still to be looked at. `ws`
   * does not tell of the end before it has seen the last message.
   */
  cut(): void {
    this.#isCut = true;
    const dropHeld = this.#dropHeld;
    this.#held = this.#dropHeld = undefined;
    dropHeld?.();
  }
}

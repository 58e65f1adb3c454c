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
  #held: (() => void) | undefined;
  #cut: (() => void) | undefined;

  constructor(ws: WebSocket) {
    const { _extensions: extensions } = ws as unknown as Inflating;
    const extension = extensions?.["permessage-deflate"];
    const decompress = extension?.decompress;
    if (extension === undefined || typeof decompress !== "function") return;
    extension.decompress = (data, fin, callback) => {
      const go = (): void => decompress.call(extension, data, fin, callback);
      if (this.#isOpen) {
        go();
        return;
      }
      // One at a time: the next one is not looked at before this one is done.
      this.#held = go;
      this.#cut = () => callback(new AsyncWriteError("ERR_AW_ABORTED", "websocket: cut off"));
    };
  }

  close(): void {
    this.#isOpen = false;
  }

  open(): void {
    this.#isOpen = true;
    const held = this.#held;
    this.#held = this.#cut = undefined;
    held?.();
  }

  /** The connection is cut off: what waits is thrown away. */
  cut(): void {
    const cut = this.#cut;
    this.#held = this.#cut = undefined;
    cut?.();
  }
}

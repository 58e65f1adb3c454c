import { AsyncWriteError, CompletionEngine, Writer, type Connection, type Reader } from "@aw/core";
import { checkOptions } from "@aw/core/implementor";
import { checkDrop } from "./close-code.ts";
import type { Link } from "./link.ts";
import { CONNECTION_OPTIONS, type ConnectionOptions } from "./options.ts";
import { WebSocketDestination } from "./websocket-destination.ts";

/**
 * A byte stream over a WebSocket. Small writes are gathered into binary messages, and the borders
 * between messages mean nothing.
 *
 * `close()` performs the closing handshake and resolves once the peer has answered. If both ends
 * agreed on the half-close, it only tells the peer that nothing more comes: the peer can still
 * answer, and the handshake follows when both have finished.
 *
 * `abort()` drops the connection, both directions, also after `close()`; the peer sees no orderly
 * end. So does leaving an `await using` block.
 */
export class WebSocketConnection extends Writer implements Connection {
  /**
   * The peer's bytes. About 32 KiB are read ahead; then the peer has to wait, where it can be told. Ends when
   * the peer has finished in good order, and fails otherwise with why the connection ended, after the
   * bytes that came before. Aborting it ends no more than the reading.
   */
  readonly reader: Reader;
  readonly #destination: WebSocketDestination;

  /**
   * For the factories of this package: `connect`, `listen`, `attach`, `fromWebSocket`.
   *
   * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for an option that can't be meant
   */
  constructor(link: Link, options: ConnectionOptions = {}) {
    checkOptions(link.name, options, CONNECTION_OPTIONS);
    const destination = new WebSocketDestination(link, options);
    super(new CompletionEngine(destination));
    this.#destination = destination;
    this.reader = destination.inbox.reader;
  }

  /** The subprotocol that was agreed on, without the half-close; "" for none, and before it is open. */
  get protocol(): string {
    return this.#destination.protocol;
  }

  /** Whether the peer can still answer after `close()`. False before it is open. */
  get halfClose(): boolean {
    return this.#destination.halfClose;
  }

  /** The same bytes as a stream of the platform: `reader.stream`. */
  get readable(): ReadableStream<Uint8Array> {
    return this.reader.stream;
  }

  /**
   * Ends both directions at once, as `abort` does, but sends the peer a close frame that says why,
   * behind what was sent before. Its reader and writer fail with `code` and `reason`.
   *
   * @param code 1001 ("going away"), 1008, 1011 to 1014, or 3000 to 4999; browsers send 4001 for 1001, and so on
   * @param reason at most 123 bytes of UTF-8. Default: ""
   * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for another code, or a longer reason
   */
  drop(code: number, reason = ""): void {
    checkDrop(this.toString(), code, reason);
    const error = new AsyncWriteError("ERR_AW_ABORTED", `${this}: dropped with code ${code}`);
    this.#destination.drop(error, code, reason);
  }
}

import type { Duplex } from "node:stream";
import type { Done } from "@aw/core";
import { invalidArgument } from "@aw/core/implementor";
import { DuplexConnection } from "./duplex-connection.ts";
import { DuplexDestination } from "./duplex-destination.ts";

/**
 * A Node Duplex (a socket, a pipe to a child process, one half of a `duplexPair`) as a Connection:
 * a writer with a `readable`, and `release()`, which hands the duplex back. Make sockets with
 * `allowHalfOpen: true`, or closing one direction closes both.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it can't be written to any more
 */
export function fromNodeDuplex(duplex: Duplex): NodeDuplexConnection {
  if ((duplex as Duplex | null | undefined)?.writable !== true) {
    const what = "it has ended, failed, or is not a Duplex";
    throw invalidArgument(`fromNodeDuplex: the duplex can't be written to: ${what}`);
  }
  return new NodeDuplexConnection(new ReleasableDestination(duplex));
}

/** The connection of {@link fromNodeDuplex}. */
export class NodeDuplexConnection extends DuplexConnection {
  readonly #releasable: ReleasableDestination;

  constructor(destination: ReleasableDestination) {
    super(destination);
    this.#releasable = destination;
  }

  /**
   * Flushes, and hands the duplex back: both directions stay open, and no listener of this connection is
   * left on it. Resolves when the duplex has taken every byte.
   *
   * The writer is closed then. What was read ahead is back in the duplex, which is paused if `readable` was
   * read, so that nothing is lost: `resume()` it. `readable` fails with `ERR_AW_CLOSED`, unless the peer has
   * ended.
   *
   * Rejects as `close` does.
   */
  async release(): Promise<void> {
    await this.flush();
    this.#releasable.keepsOpen = true;
    await this.close();
  }
}

class ReleasableDestination extends DuplexDestination {
  keepsOpen = false;

  override finish(done: Done): void {
    if (!this.keepsOpen) {
      super.finish(done);
      return;
    }
    this.handBack();
    done();
  }
}

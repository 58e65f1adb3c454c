import type { Duplex } from "node:stream";
import { Reader, SourceEngine, type AsyncWriteError } from "@aw/core";
import { DuplexSource, type SourceHooks } from "./duplex-source.ts";

/** The reader of a Duplex, which can be handed back with all that was read ahead. */
export class DuplexReader extends Reader {
  readonly source: DuplexSource;
  readonly #duplex: Duplex;

  constructor(duplex: Duplex, hooks: SourceHooks) {
    const source = new DuplexSource(duplex, hooks);
    super(new SourceEngine(source));
    this.source = source;
    this.#duplex = duplex;
  }

  /** Puts back what nobody has read, and fails with `error`, unless the duplex has ended or failed. */
  handBack(error: AsyncWriteError): void {
    this.source.release();
    if (this.source.isOver) return;
    const unread = Buffer.concat(this.takeUnread());
    if (unread.length > 0) this.#duplex.unshift(unread);
    this.source.fail(error);
  }
}

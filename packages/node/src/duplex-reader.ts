import { Reader, SourceEngine, type AsyncWriteError } from "@aw/core";
import { DuplexSource, type SourceHooks } from "./duplex-source.ts";

/** The reader of a Duplex, which can be handed back with all that was read ahead. */
export class DuplexReader extends Reader {
  readonly source: DuplexSource;

  constructor(hooks: SourceHooks) {
    const source = new DuplexSource(hooks);
    super(new SourceEngine(source));
    this.source = source;
  }

  /** Puts back what nobody has read, and fails with `error`, unless the duplex has ended or failed. */
  handBack(error: AsyncWriteError): void {
    this.source.release();
    if (this.source.isOver) return;
    this.source.unread(Buffer.concat(this.takeUnread()));
    this.source.fail(error);
  }
}

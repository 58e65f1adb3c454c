import type { TLSSocket } from "node:tls";
import { AsyncWriteError, type Done } from "@aw/core";
import { DuplexDestination } from "@aw/node";
import type { Base } from "./base.ts";
import { onCut } from "./cut.ts";
import { holdBelow } from "./hold-below.ts";
import { tlsError } from "./tls-error.ts";
import { whenWritten } from "./written-below.ts";

const { bun, deno } = process.versions;

export interface TlsDestinationOptions {
  linger?: number | undefined;
  requireCloseNotify: boolean;
}

/** TLS, its handshake done, as a destination: over whatever is below. */
export class TlsDestination extends DuplexDestination<TLSSocket> {
  /** Only a connection below has to be flushed: what a socket has taken is with the kernel. */
  readonly commit?: (done: Done) => void;
  readonly #base: Base;
  #isCut = false;

  constructor(tls: TLSSocket, base: Base, { linger, requireCloseNotify }: TlsDestinationOptions) {
    super(tls, { name: `tls > ${base.name}`, linger });
    this.#base = base;
    if (deno !== undefined) holdBelow(tls, base);
    const { flush } = base;
    if (flush !== undefined) this.commit = (done) => void flush().then(() => done(), done);
    if (!requireCloseNotify) return;
    onCut(tls, base, () => {
      this.#isCut = true;
    });
  }

  override transmit(bytes: Uint8Array, done: Done): void {
    super.transmit(bytes, bun === undefined ? done : this.#afterBelow(done));
  }

  override finish(done: Done): void {
    super.finish(bun === undefined ? done : this.#afterBelow(done));
  }

  override checkEnd(done: (error?: unknown) => void): void {
    if (!this.#isCut) {
      done();
      return;
    }
    const message = `${this.name}: the stream ended without close_notify; what was read may not be all`;
    done(new AsyncWriteError("ERR_AW_TRUNCATED", message));
  }

  override translate(error: unknown): unknown {
    return tlsError(error, this.name);
  }

  #afterBelow(done: Done): Done {
    return (error) => {
      if (error) done(error);
      else whenWritten(this.#base.duplex, done);
    };
  }

  protected override reset(failure: AsyncWriteError): void {
    this.#base.abort(failure);
    this.duplex.destroy(failure);
  }

  protected override drop(): void {
    this.duplex.destroy();
    this.#base.duplex.destroy();
  }
}

import { CompletionWriter, type Done } from "@aw/core";
import type { Durability, FileHandle } from "./file-handle.ts";

/** Writes into an open file. Made by `open`. */
export class FileWriter extends CompletionWriter {
  readonly #name: string;
  readonly #handle: FileHandle;
  readonly #durability: Durability;
  /** Whether a step uses the descriptor, so that closing it has to wait. */
  #busy = false;
  #closeWanted = false;
  /** Whether the descriptor was given back: its number may be another file's by now. */
  #closed = false;

  constructor(name: string, handle: FileHandle, durability: Durability, synchronous: boolean) {
    super({ synchronous });
    this.#name = name;
    this.#handle = handle;
    this.#durability = durability;
  }

  override toString(): string {
    return `file ${this.#name}`;
  }

  protected override transmit(bytes: Uint8Array, done: Done): void {
    this.#handle.write(bytes, this.#using(done));
  }

  protected override commit(done: Done): void {
    if (this.#durability === "none") done();
    else this.#handle.sync(this.#durability, this.#using(done));
  }

  protected override finish(done: Done): void {
    this.#closed = true;
    this.#handle.close(done);
  }

  protected override destroy(): void {
    // The descriptor must not be closed under a call that uses it: its number may be given to
    // another file before the call is through.
    if (this.#busy) this.#closeWanted = true;
    else this.#drop();
  }

  #using(done: Done): Done {
    this.#busy = true;
    return (error) => {
      this.#busy = false;
      done(error);
      if (this.#closeWanted) this.#drop();
    };
  }

  #drop(): void {
    this.#closeWanted = false;
    if (this.#closed) return;
    this.#closed = true;
    this.#handle.drop();
  }
}

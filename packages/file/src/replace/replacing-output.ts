import { fstatSync, rename, unlinkSync, type Stats } from "node:fs";
import { promisify } from "node:util";
import { AsyncWriteError, type Done } from "@aw/core";
import type { Descriptor } from "../descriptor/descriptor.ts";
import { stepped } from "../descriptor/done.ts";
import type { Folder } from "../descriptor/folder.ts";
import { OutputLayer } from "../descriptor/output-layer.ts";
import { isSameFile, whatIsAt } from "../descriptor/same-file.ts";
import { adoptAttributes } from "./attributes.ts";

export interface Replacement {
  /** The name of the open file. */
  temporary: string;
  /** The name that it gets at close. */
  target: string;
  /** Where both are. */
  folder: Folder;
  /** The file that it replaces, if there is one. */
  existing: Stats | undefined;
}

/** A temporary file that takes the place of another one at close. */
export class ReplacingOutput extends OutputLayer<Descriptor> {
  readonly #replacement: Replacement;
  /** Which file it is: whoever may write in the folder may give its name to another one. */
  readonly #stats: Stats;
  #isReplaced = false;

  constructor(descriptor: Descriptor, replacement: Replacement) {
    super(descriptor);
    this.#replacement = replacement;
    this.#stats = fstatSync(descriptor.fd);
  }

  /** The new content is on the disk before the name points at it, and the name is when it is ready. */
  override close(done: Done): void {
    this.#replace().then(() => done(), done);
  }

  override drop(dropped: () => void): void {
    // At once, also while a call still uses the file: the process may be about to end.
    this.#removeTemporary();
    super.drop(() => {
      // Where a name can't be removed while the file is in use, it can be now.
      this.#removeTemporary();
      this.#replacement.folder.close();
      dropped();
    });
  }

  async #replace(): Promise<void> {
    const { existing, temporary, target, folder } = this.#replacement;
    await stepped((done) => this.inner.truncate(done));
    if (existing !== undefined) adoptAttributes(this.inner.fd, existing);
    await stepped((done) => this.sync("full", done));
    await stepped((done) => this.inner.close(done));
    if (whatIsAt(temporary, this.#stats) === "other") throw swapped(temporary);
    await promisify(rename)(temporary, target);
    this.#isReplaced = true;
    await stepped((done) => folder.sync(done));
    folder.close();
  }

  /** By name, and only if it is the file itself. */
  #removeTemporary(): void {
    const { temporary } = this.#replacement;
    try {
      if (!this.#isReplaced && isSameFile(temporary, this.#stats)) unlinkSync(temporary);
    } catch {
      // The writer has failed already. The next open of the same path removes it.
    }
  }
}

function swapped(temporary: string): AsyncWriteError {
  const message = `close file: ${temporary} is another file now, by another process; nothing was replaced`;
  return new AsyncWriteError("ERR_AW_IO", message);
}

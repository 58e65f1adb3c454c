import { createHash } from "node:crypto";
import type { Receipt } from "./protocol.ts";

/** Counts and hashes bytes as they pass. */
export class Digest {
  readonly #hash = createHash("sha256");
  #bytes = 0;

  update(chunk: Uint8Array | string): void {
    this.#hash.update(chunk);
    this.#bytes += typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
  }

  /** What has passed so far. */
  receipt(): Receipt {
    return { bytes: this.#bytes, sha256: this.#hash.copy().digest("hex") };
  }
}

import { limit, type Writer } from "@aw/core";
import type { Receipt } from "../live/snapshot.ts";
import type { Transfer } from "../live/transfers.ts";
import type { Slot } from "../store/store.ts";
import { decoding, type DecodingLimits } from "./decoding.ts";
import { hashing, type HashingWriter } from "./hashing.ts";
import { sha256 } from "./sha256.ts";
import type { Valve } from "./valve.ts";

export interface UploadLimits extends DecodingLimits {
  /** Of what comes out of the decoder. */
  maxBytes?: number | undefined;
}

type Known = Pick<Receipt, "id" | "name" | "encoding" | "route">;

/**
 * One upload on its way into a store:
 *
 *     decoder > limit > sha256 > throttle > file
 *
 * What leaves the block of its `await using` without a commit leaves nothing in the store.
 */
export class Upload implements AsyncDisposable {
  /** Takes the bytes as the sender has encoded them. */
  readonly out: Writer;
  readonly #known: Known;
  readonly #slot: Slot;
  readonly #hashed: HashingWriter;
  readonly #startedAt: number;
  #committed = false;

  constructor(known: Known, slot: Slot, transfer: Transfer, valve: Valve, limits: UploadLimits) {
    const { watch } = transfer.chain;
    this.#known = known;
    this.#slot = slot;
    this.#startedAt = transfer.startedAt;
    // The digest is of what the store has accepted: it stands right above.
    this.#hashed = hashing(watch(valve.hold(watch(slot.writer))), sha256());
    const hashed = watch(this.#hashed);
    const { maxBytes } = limits;
    const limited = maxBytes === undefined ? hashed : watch(limit(hashed, maxBytes));
    const { encoding } = known;
    this.out = encoding === "identity" ? limited : watch(decoding(encoding, limited, limits));
  }

  /** Resolves with the receipt once everything is durable. */
  async commit(): Promise<Receipt> {
    await this.out.close();
    const storedAt = Date.now();
    const receipt = {
      ...this.#known,
      ...this.#hashed.digest,
      storedAt,
      durationMs: storedAt - this.#startedAt,
    };
    await this.#slot.commit(receipt);
    this.#committed = true;
    return receipt;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.out[Symbol.asyncDispose]();
    if (!this.#committed) await this.#slot.discard();
  }
}

import { attachedMemory } from "../task/platform.ts";
import { SmallCopies } from "./small-copies.ts";

/** Undefined until it is known whether the platform has memory that stays attached; then null if not. */
let shared: SmallCopies | null | undefined;

/**
 * Where the copies of all readers are made, if the platform has memory that can't be transferred (Node from version 24 on):
 * a transfer of one would take the others away. Undefined elsewhere.
 */
export function sharedCopies(): SmallCopies | undefined {
  if (shared === undefined) {
    const newBlock = attachedMemory();
    shared = newBlock === undefined ? null : new SmallCopies(newBlock);
  }
  return shared ?? undefined;
}

/**
 * A copy of `bytes` for a caller to keep. A small one may be in one `buffer` with others, which can't be
 * transferred.
 */
export function ownCopy(bytes: Uint8Array): Uint8Array {
  const copies = SmallCopies.suits(bytes.length) ? sharedCopies() : undefined;
  return copies === undefined ? new Uint8Array(bytes) : copies.copyOf(bytes);
}

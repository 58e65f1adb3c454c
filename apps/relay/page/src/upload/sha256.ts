import { sha256 as create } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { RunningHash } from "../../../src/ingest/hashing.ts";

/** SHA-256 that is fed piece by piece, which `crypto.subtle` can't be. */
export function sha256(): RunningHash {
  const hash = create.create();
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => bytesToHex(hash.clone().digest()),
  };
}

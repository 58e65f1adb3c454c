import { createHash } from "node:crypto";
import type { RunningHash } from "./hashing.ts";

/** Node's SHA-256. */
export function sha256(): RunningHash {
  const hash = createHash("sha256");
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => hash.copy().digest("hex"),
  };
}

import { constants, gunzipSync } from "node:zlib";
import { gzip } from "@aw/compression";
import { conformance } from "@aw/conformance/vitest";

conformance({
  name: "gzip",
  layer: (inner) => gzip(inner),
  // Node's decoder gives what can be decoded so far; of nothing, nothing.
  decode: (bytes) =>
    bytes.length === 0 ? bytes : gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }),
  isComplete: (bytes) => {
    try {
      gunzipSync(bytes);
      return bytes.length > 0;
    } catch {
      return false;
    }
  },
  seeds: Number(process.env["AW_SEEDS"] ?? 500),
});

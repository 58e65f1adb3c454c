import { constants, gunzipSync } from "node:zlib";
import { gunzip, gzip } from "@aw/compression";
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
});

// A decoder takes only what an encoder made, so it comes with one in front.
conformance({
  name: "gzip > gunzip",
  layer: (inner) => gzip(gunzip(inner)),
  // The encoder takes bytes until it next meets its decoder, and so the failure below that.
  supports: { fail: false },
});

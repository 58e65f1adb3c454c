/**
 * Compressors and decompressors as layers of byte writers.
 *
 * ```ts
 * import { memory } from "@aw/core";
 * import { gunzip, gzip } from "@aw/compression";
 *
 * const target = memory();
 * const out = gzip(gunzip(target));
 * await out.writeAll("there and back");
 * await out.close();
 * ```
 *
 * @packageDocumentation
 */
export { gunzip, GunzipWriter, type GunzipOptions } from "./gunzip.ts";
export { gzip, GzipWriter, type GzipOptions } from "./gzip.ts";

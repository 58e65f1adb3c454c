/**
 * Between `AsyncWrite` and Node's streams, both ways.
 *
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { pipeline } from "node:stream/promises";
 * import { toNodeWritable } from "@aw/node";
 *
 * await pipeline(createReadStream("in"), toNodeWritable(writer));
 * ```
 *
 * @packageDocumentation
 */
export { DuplexConnection } from "./duplex-connection.ts";
export { fromNodeDuplex } from "./from-node-duplex.ts";
export { fromNodeWritable, NodeStreamWriter } from "./from-node-writable.ts";
export { readableStreamOf } from "./readable-stream-of.ts";
export { toNodeDuplex, type ToNodeDuplexOptions } from "./to-node-duplex.ts";
export { toNodeWritable, type ToNodeWritableOptions } from "./to-node-writable.ts";

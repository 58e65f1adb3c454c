/**
 * Files as byte writers.
 *
 * @packageDocumentation
 */
export type { Compression } from "./rotation/compression.ts";
export { FileWriter } from "./writer/file-writer.ts";
export { fromFd, stderr, stdout, type FromFdOptions } from "./from-fd.ts";
export type { Durability } from "./descriptor/io.ts";
export { logDestination, type LogDestination } from "./writer/log-destination.ts";
export { open, type OpenOptions } from "./open.ts";
export { rotating, type RotatingOptions } from "./rotation/rotating.ts";

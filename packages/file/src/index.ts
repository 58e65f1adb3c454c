/**
 * Files as byte writers.
 *
 * @packageDocumentation
 */
export type { Compression } from "./compression.ts";
export { FileWriter } from "./file-writer.ts";
export { fromFd, stderr, stdout, type FromFdOptions } from "./from-fd.ts";
export type { Durability } from "./io.ts";
export { logDestination, type LogDestination } from "./log-destination.ts";
export { open, type OpenOptions } from "./open.ts";
export { rotating, type RotatingOptions } from "./rotating.ts";

/**
 * Files as byte writers and readers.
 *
 * @packageDocumentation
 */
export type { Compression } from "./rotation/compression.ts";
export {
  channels,
  type FileCloseEvent,
  type FileErrorEvent,
  type FileEvent,
  type FileRotateEvent,
} from "./descriptor/diagnostics.ts";
export { FileWriter } from "./writer/file-writer.ts";
export { fromFd, stderr, stdout, type FromFdOptions, type StandardOptions } from "./from-fd.ts";
export type { Durability } from "./descriptor/io.ts";
export { logDestination, type LogDestination } from "./log/log-destination.ts";
export type { LogPolicy } from "./log/log-policy.ts";
export { open, type OpenOptions } from "./open.ts";
export { openReader, type OpenReaderOptions } from "./open-reader.ts";
export type { Every, TimeZone } from "./rotation/calendar.ts";
export { rotating, type RotatingOptions } from "./rotation/rotating.ts";
export type { RotatedFile } from "./rotation/rotation.ts";

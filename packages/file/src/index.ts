/**
 * Files as byte writers.
 *
 * @packageDocumentation
 */
export type { Durability } from "./file-handle.ts";
export { FileWriter } from "./file-writer.ts";
export { open, type OpenOptions } from "./open.ts";

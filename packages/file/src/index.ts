/**
 * Files as byte writers.
 *
 * @packageDocumentation
 */
export { FileWriter } from "./file-writer.ts";
export type { Durability } from "./io.ts";
export { open, type OpenOptions } from "./open.ts";

/**
 * What hooks into a run of Vitest.
 *
 * @packageDocumentation
 */
export { temporaryFolder, type TemporaryFolder } from "./temporary-folder.ts";

/**
 * The command `aw` as a function, for programs that bring their own process around it.
 *
 * ```ts
 * import { run } from "@aw/cli";
 *
 * process.exitCode = await run(["pipe", "--gzip", "app.log"]);
 * ```
 *
 * @packageDocumentation
 */
export { run, type RunOptions } from "./run.ts";

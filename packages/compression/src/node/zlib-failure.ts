import type { CoderFailure } from "../coder.ts";
import { saysTooMuchMemory } from "./deno.ts";

/** What an error of `node:zlib` says. */
export function failureOf(cause: NodeJS.ErrnoException): CoderFailure {
  const { code = "", message } = cause;
  if (code === "Z_BUF_ERROR") return { kind: "truncated", message: "its end", cause };
  if (code === "ZSTD_error_frameParameter_windowTooLarge" || saysTooMuchMemory(cause)) {
    return { kind: "limit", message: "a frame with a larger window; raise maxWindowLog", cause };
  }
  // zlib, zstd and brotli each have codes of their own for it.
  const kind = /_mem_|_memory_|_ALLOC_/i.test(code) ? "failed" : "corrupt";
  return { kind, message, cause };
}

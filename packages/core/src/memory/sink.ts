import { InstantEngine } from "../engine/instant-engine.ts";
import { Writer } from "../writer/writer.ts";

/**
 * Accepts everything and keeps nothing, as `/dev/null` does.
 *
 * ```ts
 * import { meter, sink } from "@aw/core";
 *
 * const out = meter(sink());
 * await out.writeAll("how many bytes are that?");
 * console.log(out.bytes); // 24
 * ```
 */
export function sink(): Writer {
  return new Writer(new InstantEngine({ take: (buf) => buf.length, toString: () => "sink" }));
}

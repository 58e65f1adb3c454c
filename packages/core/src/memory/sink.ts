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
  return new Writer(new Sink());
}

class Sink extends InstantEngine {
  protected override take(buf: Uint8Array): number {
    return buf.length;
  }

  override toString(): string {
    return "sink";
  }
}

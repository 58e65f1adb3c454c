import { InstantEngine } from "../engine/instant-engine.ts";
import { Writer } from "../writer/writer.ts";

/** Accepts everything and keeps nothing, as `/dev/null` does. */
export function sink(): Writer {
  return new Writer(new InstantEngine({ take: (buf) => buf.length, toString: () => "sink" }));
}

import { InstantWriter } from "../engine/instant-writer.ts";

/** Accepts everything and keeps nothing, as `/dev/null` does. */
export function sink(): SinkWriter {
  return new SinkWriter();
}

export class SinkWriter extends InstantWriter {
  protected override take(buf: Uint8Array): number {
    return buf.length;
  }

  override toString(): string {
    return "sink";
  }
}

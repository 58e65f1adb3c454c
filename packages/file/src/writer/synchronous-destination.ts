import { byteLength } from "../descriptor/byte-length.ts";
import { skip } from "../descriptor/skip.ts";
import { FileDestination } from "./file-destination.ts";

/** One whose output writes before it returns, always: large writes go to it without a copy. */
export class SynchronousDestination extends FileDestination {
  transmitNow(bytes: Uint8Array): number {
    const { lines, output } = this;
    if (lines === undefined) return output.writeNow([bytes]);
    const held = lines.length;
    const bufs = lines.take(bytes);
    if (bufs.length === 0) return bytes.length;
    // What was held before was accepted before: a failure must not count for these bytes, nor part
    // of these be thrown for (AW-WRITE-6).
    let written = 0;
    do written += output.writeNow(skip(bufs, written));
    while (written <= held);
    if (written === byteLength(bufs)) return bytes.length;
    lines.forget();
    return written - held;
  }
}

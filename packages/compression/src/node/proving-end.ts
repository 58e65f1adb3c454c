import type { CoderFailure, MakeCoder } from "../coder.ts";

const FURTHER: Uint8Array = Uint8Array.of(0);

const TRUNCATED: CoderFailure = { kind: "truncated", message: "its end" };

/**
 * A decoder whose end is put to the proof by a further byte, which only a complete stream leaves
 * alone: Deno's brotli decoder ends one that was cut off as it does a whole one,
 * and zlib's gunzip takes a single byte of garbage for the beginning of a member.
 *
 * @param isTelling whether a failure over that byte says more than that the stream is incomplete
 */
export function provingEnd(
  make: MakeCoder,
  isTelling: (failure: CoderFailure) => boolean = () => false,
): MakeCoder {
  return (push) => {
    let isProving = false;
    // What comes of the further byte is nobody's.
    const coder = make((chunk) => isProving || push(chunk));
    return {
      write: (block, done) => coder.write(block, done),
      flush: (block, done) => coder.flush(block, done),
      finish(done) {
        isProving = true;
        coder.write(FURTHER, (failure, used) => {
          if (failure !== undefined && isTelling(failure)) return done(failure, 0);
          if (failure !== undefined || used > 0) return done(TRUNCATED, 0);
          coder.finish((late) => done(late && TRUNCATED, 0));
        });
      },
      resume: () => coder.resume(),
      destroy: () => coder.destroy(),
    };
  };
}

import type { CoderFailure, MakeCoder } from "../coder.ts";

const FURTHER: Uint8Array = Uint8Array.of(0);

const TRUNCATED: CoderFailure = { kind: "truncated", message: "its end" };

/**
 * A decoder whose end is put to the proof by a further byte, which only a complete stream leaves
 * alone: Deno's brotli decoder answers the end of one that was cut off as it does that of a whole one.
 */
export function provingEnd(make: MakeCoder): MakeCoder {
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
          if (failure !== undefined || used > 0) return done(TRUNCATED, 0);
          coder.finish((late) => done(late && TRUNCATED, 0));
        });
      },
      resume: () => coder.resume(),
      destroy: () => coder.destroy(),
    };
  };
}

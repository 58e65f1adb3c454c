import { decompress } from "@aw/compression";
import { memory } from "@aw/core";
import { describe, expect, it } from "vitest";
import { codecs } from "./codecs.ts";
import { random, seed, words } from "./instruments.ts";

/** Of each of the five codecs. AW_CORPUS=full takes ten times as many. */
const ROUNDS = process.env["AW_CORPUS"] === "full" ? 20_000 : 2000;

function mutate(whole: Buffer, next: (limit: number) => number): Buffer {
  switch (next(3)) {
    case 0: {
      const data = Buffer.from(whole);
      for (let flips = 1 + next(3); flips > 0; flips--) {
        const at = next(data.length);
        data[at] = (data[at] as number) ^ (1 << next(8));
      }
      return data;
    }
    case 1:
      return whole.subarray(0, next(whole.length));
    default:
      return Buffer.concat([
        whole.subarray(0, next(whole.length)),
        whole.subarray(next(whole.length)),
      ]);
  }
}

describe.each(codecs)("$name", (codec) => {
  it(
    `takes ${ROUNDS} mutated streams without a crash, a hang or wrong bytes`,
    { timeout: 600_000 },
    async () => {
      const next = random(seed);
      const source = words(next, 3000);
      const whole = codec.nodeEncode(source);
      const detects = codec.hasChecksum;
      const codes = ["ERR_AW_CORRUPT", "ERR_AW_TRUNCATED"];
      // A flipped bit may ask for a larger window.
      if (codec.name === "zstd") codes.push("ERR_AW_LIMIT");
      for (let round = 0; round < ROUNDS; round++) {
        const what = `seed ${seed}, round ${round}`;
        const data = mutate(whole, next);
        const target = memory();
        const blockSize = 1 + next(2000);
        const out =
          detects && next(2) === 0
            ? decompress(target, { blockSize })
            : codec.decode(target, { blockSize });
        const failure = await out
          .writeAll(data)
          .then(() => out.close())
          .catch((error: { code: string }) => error);
        if (failure !== undefined) {
          expect(codes, what).toContain(failure.code);
        } else if (codec.hasChecksum) {
          expect(target.text() === source.toString(), what).toBe(true);
        } else {
          // Nothing tells that these bytes are wrong. Node's own decoder gives the same ones.
          expect(Buffer.compare(codec.nodeDecode(data), target.bytes()), what).toBe(0);
        }
      }
    },
  );
});

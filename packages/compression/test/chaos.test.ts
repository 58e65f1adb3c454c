import {
  chunked,
  failAfter,
  failReadsAfter,
  interleavePending,
  interleavePendingReads,
  limited,
  Random,
} from "@aw/conformance";
import { copy, memory, toReader, type AsyncBufRead, type AsyncWrite } from "@aw/core";
import { describe, expect, it } from "vitest";
import { codecs, readingCodecs, through } from "./codecs.ts";
import { seed } from "./instruments.ts";

const SCHEDULES = Number(process.env["AW_SEEDS"] ?? 40);

/** Against a hang, in milliseconds. */
const timeout = 60_000 + SCHEDULES * 500;

/** Instruments that make trouble on either side, as the seed has it. */
function troubled(random: Random): {
  reader: (inner: AsyncBufRead) => AsyncBufRead;
  writer: (inner: AsyncWrite) => AsyncWrite;
} {
  const size = random.pick([1, 31, 5000, 1 << 20]);
  return {
    reader(inner) {
      const slow = random.chance(0.5) ? interleavePendingReads(inner) : inner;
      return random.chance(0.7) ? chunked(slow, size) : slow;
    },
    writer(inner) {
      const slow = random.chance(0.5) ? interleavePending(inner) : inner;
      return random.chance(0.7) ? limited(slow, { bytes: random.pick([7, 1000]) }) : slow;
    },
  };
}

describe("a copy of one format into another, in trouble on both sides", () => {
  it.each(readingCodecs)(
    `$name is copied whole, in ${SCHEDULES} schedules`,
    { timeout },
    async ({ decode, nodeEncode }) => {
      for (let each = 0; each < SCHEDULES; each++) {
        const random = new Random(seed + each);
        const { encode, nodeDecode } = random.pick(codecs);
        const trouble = troubled(random);
        const data = random.bytes(random.pick([0, 1, 1000, 40_000]));
        const target = memory();
        const out = encode(trouble.writer(target));
        const from = decode(trouble.reader(toReader(nodeEncode(data))));
        const copied = await copy(trouble.reader(from), out);
        await out.close();
        expect(copied, `seed ${seed + each}`).toBe(data.length);
        expect(Buffer.compare(nodeDecode(target.bytes()), data)).toBe(0);
      }
    },
  );

  it.each(readingCodecs)(
    `$name that fails anywhere fails the copy as it is, in ${SCHEDULES} schedules`,
    { timeout },
    async ({ decode, nodeEncode }) => {
      for (let each = 0; each < SCHEDULES; each++) {
        const random = new Random(seed + each);
        const codec = random.pick(codecs);
        const trouble = troubled(random);
        const data = random.bytes(40_000);
        const made = nodeEncode(data);
        const failure = new Error("injected");
        const target = memory();
        const isReaders = random.chance(0.5);
        const at = random.int(0, made.length - 1);
        const source = trouble.reader(toReader(made));
        const from = decode(isReaders ? failReadsAfter(source, at, failure) : source);
        const sink = trouble.writer(target);
        const out = codec.encode(isReaders ? sink : failAfter(sink, at, failure));
        const failed = await copy(from, out)
          .then(() => out.close())
          .then(
            () => undefined,
            (error: unknown) => error,
          );
        expect(failed, `seed ${seed + each}`).toMatchObject({ cause: failure });
        out.abort(failed);
        // What is there does not look whole.
        const back = through((inner) => codec.decode(inner), target.bytes());
        await expect(back).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
      }
    },
  );
});

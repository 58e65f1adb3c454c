import { memory, TransformEngine, Writer } from "@aw/core";
import { expect, it } from "vitest";
import { checkDecode, DECODE } from "../src/decode-options.ts";
import { Decoder } from "../src/decoder.ts";
import type { Format, MemberDecoder } from "../src/format.ts";

/** Members of one byte each. The second one can't be begun, as without memory. */
function failing(write: MemberDecoder["write"]): Format {
  return {
    name: "test",
    repeats: true,
    padding: false,
    starts: () => true,
    decoder: () => ({
      write,
      restart() {
        throw new RangeError("no memory");
      },
      finish: (done) => done(undefined),
      resume() {},
      destroy() {},
    }),
  };
}

it.each<[string, MemberDecoder["write"]]>([
  ["within the call", (_block, done) => done(undefined, 1, true)],
  ["later", (_block, done) => setImmediate(done, undefined, 1, true)],
])("fails with what is thrown after a member that was answered %s", async (_name, write) => {
  const decoder = new Decoder("test", [failing(write)], checkDecode("test", {}, DECODE));
  const out = new Writer(new TransformEngine(memory(), decoder));
  await out.writeAll("ab");
  await expect(out.flush()).rejects.toMatchObject({ cause: { message: "no memory" } });
});

it("fails with what is thrown in a later turn of the event loop", async () => {
  let members = 0;
  const format = failing((_block, done) => done(undefined, 1, true));
  const decoder = new Decoder(
    "test",
    [
      {
        ...format,
        decoder: (push) => ({
          ...format.decoder(push),
          restart() {
            // Thousands of members are more than the share of one turn.
            if (++members === 90_000) throw new RangeError("no memory");
          },
        }),
      },
    ],
    checkDecode("test", {}, DECODE),
  );
  const out = new Writer(new TransformEngine(memory(), decoder, { blockSize: 100_000 }));
  await out.writeAll(new Uint8Array(100_000));
  await expect(out.flush()).rejects.toMatchObject({ cause: { message: "no memory" } });
});

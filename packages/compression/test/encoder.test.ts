import { memory, TransformEngine, Writer, type TransformControl } from "@aw/core";
import { describe, expect, it } from "vitest";
import type { Coder } from "../src/coder.ts";
import type { Envelope } from "../src/envelope.ts";
import { Encoder } from "../src/encoder.ts";

const answerNow: Coder["write"] = (block, done) => done(undefined, block.length);

const answerLater: Coder["write"] = (block, done) => {
  setImmediate(() => done(undefined, block.length));
};

/** A coder that has answered when its methods return. */
const immediate: Coder = {
  write: answerNow,
  flush: answerNow,
  finish: (done) => done(undefined, 0),
  resume() {},
  destroy() {},
};

const NOTHING = new Uint8Array(0);

function envelope(update: Envelope["update"]): Envelope {
  return { header: NOTHING, update, trailer: () => NOTHING };
}

describe.each(["transform", "transformAndFlush"] as const)("%s", (step) => {
  it.each<[string, Coder]>([
    ["that answers within the call", immediate],
    ["that answers later", { ...immediate, write: answerLater, flush: answerLater }],
  ])("reads no block after `done`, with a coder %s", async (_name, coder) => {
    const order: string[] = [];
    const seen = envelope((block) => order.push(Buffer.from(block).toString()));
    const encoder = new Encoder("test", () => coder, seen);
    encoder.start({ push: () => true } as Partial<TransformControl> as TransformControl);
    await new Promise<void>((resolve) => {
      encoder[step](Buffer.from("a block"), () => {
        order.push("done");
        resolve();
      });
    });
    expect(order).toEqual(["a block", "done"]);
  });
});

it("fails with what its envelope throws, and is not done twice", async () => {
  const encoder = new Encoder(
    "test",
    () => immediate,
    envelope(() => {
      throw new RangeError("no checksum");
    }),
  );
  const out = new Writer(new TransformEngine(memory(), encoder));
  await out.writeAll("a block");
  await expect(out.flush()).rejects.toMatchObject({ cause: { message: "no checksum" } });
});

it("fails with what its coder fails with, as the cause", async () => {
  const cause = new RangeError("no memory");
  const failure = { kind: "failed", message: "what went wrong", cause } as const;
  const encoder = new Encoder("test", () => ({
    ...immediate,
    write: (_block, done) => done(failure, 0),
    flush: (_block, done) => done(failure, 0),
  }));
  const out = new Writer(new TransformEngine(memory(), encoder));
  await out.writeAll("a block");
  await expect(out.flush()).rejects.toMatchObject({
    code: "ERR_AW_IO",
    message: "test > memory: what went wrong",
    cause,
  });
});

it("tells its coder when there is room for output, and when it is over", () => {
  const log: string[] = [];
  const encoder = new Encoder("test", () => ({
    ...immediate,
    resume: () => void log.push("resume"),
    destroy: () => void log.push("destroy"),
  }));
  encoder.start({ push: () => true } as Partial<TransformControl> as TransformControl);
  encoder.resume();
  encoder.release();
  expect(log).toEqual(["resume", "destroy"]);
});

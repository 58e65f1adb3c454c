import {
  buffered,
  CompletionEngine,
  keepOpen,
  meter,
  tee,
  toWriter,
  TransformEngine,
  Writer,
  type AsyncWrite,
  type Done,
  type Poll,
  type TransformControl,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { CountingWaker } from "../instruments.ts";

const waker = new CountingWaker();

function copying(below: AsyncWrite): Writer {
  let control: TransformControl;
  return new Writer(
    new TransformEngine(below, {
      start: (given) => void (control = given),
      transform(block, done) {
        control.push(block.slice());
        done();
      },
    }),
  );
}

const LAYERS: readonly [string, (inner: AsyncWrite) => Writer][] = [
  ["toWriter", toWriter],
  ["meter", meter],
  ["buffered", buffered],
  ["keepOpen", keepOpen],
  ["tee", (below) => tee(below)],
  ["TransformEngine", copying],
];

/** An inner writer that plain JavaScript, or a cast, can bring. */
function inner(answers: object): AsyncWrite {
  return {
    pollWrite: (_waker, buf) => buf.length,
    pollVectoredWrite: (_waker, bufs) => bufs.reduce((sum, buf) => sum + buf.length, 0),
    pollFlush() {},
    pollClose() {},
    ...answers,
  };
}

/** What an `async` method returns. */
const promise = (): Poll<void> => Promise.resolve() as unknown as Poll<void>;
const rejection = (): Poll<void> => Promise.reject(new Error("lost")) as unknown as Poll<void>;
const PROTOCOL = expect.objectContaining({ code: "ERR_AW_PROTOCOL" }) as unknown;

describe.each(LAYERS)("%s over an inner writer that breaks the contract", (name, layer) => {
  it.each([promise, rejection])("takes no promise of a flush for done", async (pollFlush) => {
    const writer = layer(inner({ pollFlush }));
    await writer.writeAll("x");
    await expect(writer.flush()).rejects.toEqual(PROTOCOL);
    expect(writer.state).toBe("failed");
  });

  it.runIf(name !== "keepOpen")("takes no promise of a close for done", async () => {
    const writer = layer(inner({ pollClose: promise }));
    await writer.writeAll("x");
    await expect(writer.close()).rejects.toEqual(PROTOCOL);
  });

  it.each([0.5, 1.5, NaN, -1, 5, "3", true, null, undefined, 1n, Promise.resolve(3)])(
    "takes no count of %o",
    async (count) => {
      const writer = layer(
        inner({ pollWrite: () => count as number, pollVectoredWrite: () => count as number }),
      );
      const write = async (): Promise<void> => {
        await writer.writeAll(new Uint8Array(3));
        await writer.flush();
      };
      await expect(write()).rejects.toEqual(PROTOCOL);
    },
  );

  it.each([null, false, 0, "", "done", {}, []])(
    "takes %o of a flush and a close for done",
    async (answer) => {
      const done = (): Poll<void> => answer as unknown as Poll<void>;
      const writer = layer(inner({ pollFlush: done, pollClose: done }));
      await writer.writeAll("x");
      await writer.flush();
      await writer.close();
      expect(writer.state).toBe("closed");
    },
  );
});

describe("a destination that fails within the call", () => {
  it.each(["transmit", "commit", "finish"])(
    "fails the flush or the close that meets its %s",
    (at) => {
      for (const poll of ["pollFlush", "pollClose"] as const) {
        if (at === "finish" && poll === "pollFlush") continue;
        const step = (name: string) => (done: Done) =>
          done(name === at ? new Error(at) : undefined);
        const engine = new CompletionEngine({
          transmit: (_bytes, done) => step("transmit")(done),
          commit: step("commit"),
          finish: step("finish"),
        });
        engine.pollWrite(waker, new Uint8Array(1));
        expect(() => engine[poll](waker)).toThrow(at);
        expect(() => engine[poll](waker)).toThrow(at);
        expect(engine.state).toBe("failed");
      }
    },
  );
});

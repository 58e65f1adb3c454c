import type { CaseDefinition } from "../case.ts";
import { hasCode, thrownBy, type Driver } from "../driver.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { failAfter } from "../instruments/fail-after.ts";
import { expectRule } from "../violation.ts";
import { fill } from "./fill.ts";

const EMPTY = new Uint8Array(0);

/** Lengths of the buffers of one call. */
const SHAPES: readonly (readonly number[])[] = [
  [1],
  [5, 7],
  [0, 5, 0, 0, 7, 0],
  [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  [4096, 4096],
  [4000, 200, 1],
  [70_000, 1],
  [1, 70_000, 1],
  [30_000, 30_000, 30_000],
];

export const VECTORED: readonly CaseDefinition[] = [
  {
    id: "AW-VEC-1",
    title: "delivers vectored writes of any shape in order",
    repeats: true,
    async run({ make, random }) {
      const driver = await make();
      for (const shape of [...SHAPES, ...SHAPES.toReversed()]) {
        await writeAllVectored(
          driver,
          shape.map((length) => random.bytes(length)),
        );
      }
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
    },
  },
  {
    id: "AW-VEC-1",
    title: "accepts nothing of a vectored write that is PENDING",
    needs: ["stall"],
    async run(context) {
      const { random } = context;
      const driver = await context.make();
      await fill(context, driver);
      for (const shape of SHAPES) {
        const bufs = shape.map((length) => random.bytes(length));
        driver.writeVectored(new CountingWaker(), bufs);
      }
      driver.subject.release?.();
      await driver.writeAll(random.bytes(100));
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
    },
  },
  {
    id: "AW-VEC-1",
    title: "is ready, and does not throw, once a byte of a vectored write is accepted",
    only: "layer",
    needs: ["fail"],
    async run({ make, random }) {
      for (const room of [1, 5, 6, 15]) {
        const error = new Error("injected");
        const driver = await make({ under: (inner) => failAfter(inner, room, error) });
        const bufs = [random.bytes(5), random.bytes(5), random.bytes(70_000)];
        const thrown = thrownBy(() => driver.writeVectored(new CountingWaker(), bufs));
        const passedOn = driver.destination?.length ?? 0;
        const lied = thrown !== undefined && passedOn > 0;
        expectRule(!lied, "AW-VEC-1", `it threw after ${passedOn} bytes had been passed on`);
      }
    },
  },
  {
    id: "AW-VEC-2",
    title: "treats lists without a byte as an empty buffer",
    repeats: true,
    async run({ make, random }) {
      const driver = await make();
      const lists = [[], [EMPTY], [EMPTY, EMPTY, EMPTY]];
      for (const bufs of lists) {
        const n = driver.writeVectored(new CountingWaker(), bufs);
        expectRule(n === 0, "AW-VEC-2", `a list without a byte gave ${String(n)}`);
      }
      await driver.writeAll(random.bytes(5));
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
      for (const bufs of lists) {
        const thrown = thrownBy(() => driver.writeVectored(new CountingWaker(), bufs));
        const refused = thrown !== undefined && hasCode(thrown.error, "ERR_AW_CLOSED");
        expectRule(refused, "AW-VEC-2", "a list without a byte is not refused after close");
      }
    },
  },
  {
    id: "AW-VEC-2",
    title: "skips empty buffers before others",
    repeats: true,
    async run({ make, random }) {
      const driver = await make();
      const bufs = [EMPTY, EMPTY, random.bytes(9), EMPTY];
      const n = await driver.ready("AW-WRITE-2", (waker) => driver.writeVectored(waker, bufs));
      expectRule(n > 0, "AW-VEC-2", "empty buffers first, and it answered 0: full for good");
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
    },
  },
  {
    id: "AW-VEC-3",
    title: "gathers if it says that it is vectored",
    async run({ make, random }) {
      const driver = await make();
      const { isVectored } = driver.writer;
      const known = isVectored === undefined || typeof isVectored === "boolean";
      expectRule(known, "AW-VEC-3", `isVectored is ${String(isVectored)}`);
      if (isVectored !== true) return;
      const bufs = [random.bytes(2), random.bytes(2), random.bytes(2)];
      const n = await driver.ready("AW-WRITE-2", (waker) => driver.writeVectored(waker, bufs));
      expectRule(n > 2, "AW-VEC-3", "isVectored is true, and only the first buffer was taken");
    },
  },
  {
    id: "AW-VEC-3",
    title: "says what its inner writer says about vectored writes",
    only: "layer",
    async run({ make, random }) {
      const above = await make({ isVectored: true });
      const forwarded = above.writer.isVectored === true;
      expectRule(forwarded, "AW-VEC-3", "it hides that the inner writer is vectored");
      const plain = await make({ isVectored: false });
      if (plain.writer.isVectored !== true) return;
      const bufs = [random.bytes(2), random.bytes(2)];
      const n = await plain.ready("AW-WRITE-2", (waker) => plain.writeVectored(waker, bufs));
      expectRule(n > 2, "AW-VEC-3", "it is vectored in front of a writer that is not");
    },
  },
];

async function writeAllVectored(driver: Driver, bufs: Uint8Array[]): Promise<void> {
  let rest = bufs;
  while (rest.some((buf) => buf.length > 0)) {
    const now = rest;
    let n = await driver.ready("AW-WRITE-2", (waker) => driver.writeVectored(waker, now));
    expectRule(n > 0, "AW-WRITE-4", "a writer whose destination has room answered 0");
    rest = rest.flatMap((buf) => {
      const taken = Math.min(n, buf.length);
      n -= taken;
      return taken === buf.length ? [] : [buf.subarray(taken)];
    });
  }
}

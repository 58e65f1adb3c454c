import { PENDING, type Poll, type Waker } from "@aw/core";
import { KIB, type CaseContext, type CaseDefinition } from "../case.ts";
import { thrownBy, type Driver } from "../driver.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { ConformanceError, expectRule } from "../violation.ts";
import { fill, maxHeld } from "./fill.ts";

export const FAILING: readonly CaseDefinition[] = [
  {
    id: "AW-FAIL-1",
    title: "throws the first failure ever after, the same object",
    needs: ["fail"],
    async run({ make, random }) {
      for (const first of METHODS) {
        const driver = await make();
        await driver.writeAll(random.bytes(100));
        await driver.subject.fail?.(new Error("injected"));
        let failure = await failureOf(driver, first);
        // Bytes that are still on their way may be what fails.
        failure ??= await failureOf(driver, "pollFlush");
        if (failure === undefined) {
          await driver.compare("AW-FAIL-1");
          continue;
        }
        for (const method of METHODS) {
          const thrown = thrownBy(() => call(driver, method));
          const same = thrown !== undefined && thrown.error === failure.error;
          const got = thrown === undefined ? "is ready" : `throws ${String(thrown.error)}`;
          const finding = `${method} ${got} after a failure with ${String(failure.error)}`;
          expectRule(same, "AW-FAIL-1", finding);
        }
      }
    },
  },
  {
    id: "AW-FAIL-1",
    title: "loses no byte behind a flush or a close that is ready",
    needs: ["fail", "delivered"],
    async run({ make, random }) {
      for (const method of ["pollFlush", "pollClose"] as const) {
        const driver = await make();
        await driver.writeAll(random.bytes(5000));
        await driver.subject.fail?.(new Error("injected"));
        const failure = await failureOf(driver, method);
        if (failure === undefined) await driver.compare("AW-FAIL-1");
      }
    },
  },
  {
    id: "AW-FAIL-2",
    title: "wakes what is pending when it fails in the background, and throws at the next poll",
    needs: ["fail", "stall"],
    async run(context) {
      for (const method of METHODS) {
        const driver = await context.make();
        await fill(context, driver);
        const waker = new CountingWaker();
        if (call(driver, method, waker) !== PENDING) continue;
        await driver.subject.fail?.(new Error("injected"));
        const woken = await driver.isWoken(waker);
        expectRule(woken, "AW-FAIL-2", `a failure does not wake a pending ${method}`);
        let failure = await failureOf(driver, method);
        // What was in work on a thread pool may have made room, and the wake have been for that.
        if (isWrite(method)) failure ??= await failureOfMore(context, driver);
        expectRule(failure !== undefined, "AW-FAIL-2", `${method} does not throw the failure`);
      }
    },
  },
  {
    id: "AW-FAIL-2",
    title: "throws at the next poll of any method what failed while it was idle",
    only: "factory",
    needs: ["fail"],
    async run({ make, random }) {
      for (const method of METHODS) {
        const driver = await make();
        await driver.writeAll(random.bytes(100));
        await driver.flushed();
        await driver.subject.fail?.(new Error("injected"));
        const thrown = thrownBy(() => call(driver, method));
        const finding = `${method} does not throw what failed in the background`;
        expectRule(thrown !== undefined, "AW-FAIL-2", finding);
      }
    },
  },
  {
    id: "AW-FAIL-2",
    title: "throws at the next flush and close what failed below it while it was idle",
    only: "layer",
    needs: ["fail"],
    async run({ make, random }) {
      for (const method of ["pollFlush", "pollClose"] as const) {
        const driver = await make();
        await driver.writeAll(random.bytes(100));
        await driver.flushed();
        await driver.subject.fail?.(new Error("injected"));
        const failure = await failureOf(driver, method);
        expectRule(failure !== undefined, "AW-FAIL-2", `${method} hides that the inner one failed`);
      }
    },
  },
  {
    id: "AW-FAIL-3",
    title: "waits or tries again on EAGAIN, EWOULDBLOCK and EINTR",
    needs: ["transient"],
    async run({ make, random }) {
      for (const code of ["EAGAIN", "EWOULDBLOCK", "EINTR"]) {
        const driver = await make();
        for (let round = 0; round < 3; round++) {
          driver.subject.transient?.(Object.assign(new Error(`injected ${code}`), { code }));
          await driver.writeAll(random.bytes(5000));
          await driver.flushed();
        }
        await driver.compare("AW-FLUSH-1");
      }
    },
  },
  {
    id: "AW-FAIL-3",
    title: "fails with no transient system error",
    needs: ["fail"],
    async run({ make, random }) {
      const driver = await make();
      await driver.writeAll(random.bytes(5000));
      await driver.subject.fail?.(new Error("injected"));
      // The driver looks at everything that is thrown.
      for (const method of METHODS) await failureOf(driver, method);
    },
  },
  {
    id: "AW-FAIL-4",
    title: "holds nothing after a failure",
    needs: ["fail", "held"],
    async run({ make, random }) {
      const driver = await make();
      await driver.writeAll(random.bytes(5000));
      await driver.subject.fail?.(new Error("injected"));
      const failure = await failureOf(driver, "pollFlush");
      await driver.settle();
      const held = driver.subject.held?.();
      const released = failure === undefined || held === 0;
      expectRule(released, "AW-FAIL-4", `it holds ${held} resources after its failure`);
    },
  },
  {
    id: "AW-FAIL-4",
    title: "leaves the inner writer as it is when it fails, for abort",
    only: "layer",
    needs: ["fail"],
    async run({ make, random }) {
      const driver = await make();
      await driver.writeAll(random.bytes(5000));
      await driver.subject.fail?.(new Error("injected"));
      await failureOf(driver, "pollFlush");
      await driver.settle();
      const { destination } = driver;
      const aborts = destination?.aborts.length ?? 0;
      expectRule(aborts === 0, "AW-FAIL-4", "it aborted the inner writer when it failed");
      expectRule(
        destination?.closes === 0,
        "AW-FAIL-4",
        "it closed the inner writer when it failed",
      );
    },
  },
];

type Method = "pollWrite" | "pollVectoredWrite" | "pollFlush" | "pollClose";

const METHODS: readonly Method[] = ["pollWrite", "pollVectoredWrite", "pollFlush", "pollClose"];

/** One poll of a method; of a write with some bytes. */
export function call(
  driver: Driver,
  method: Method,
  waker: Waker = new CountingWaker(),
): Poll<unknown> {
  const buf = new Uint8Array(64).fill(0x5a);
  if (method === "pollWrite") return driver.write(waker, buf);
  if (method === "pollVectoredWrite") return driver.writeVectored(waker, [buf]);
  return method === "pollFlush" ? driver.flush(waker) : driver.close(waker);
}

function isWrite(method: Method): boolean {
  return method === "pollWrite" || method === "pollVectoredWrite";
}

/** Polls until the method is ready or throws, and returns what it throws. */
function failureOf(driver: Driver, method: Method): Promise<{ error: unknown } | undefined> {
  return thrownIn(() => driver.ready("AW-FAIL-2", (waker) => call(driver, method, waker)));
}

/** Writes as much as a writer may hold, and returns what a write throws. */
function failureOfMore(
  { random }: CaseContext,
  driver: Driver,
): Promise<{ error: unknown } | undefined> {
  return thrownIn(async () => {
    const chunk = random.bytes(16 * KIB);
    const end = driver.ledger.length + maxHeld(driver);
    while (driver.ledger.length <= end) await driver.writeAll(chunk);
  });
}

async function thrownIn(work: () => Promise<unknown>): Promise<{ error: unknown } | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ConformanceError) throw error;
    return { error };
  }
}

import { hasCode } from "../driver.ts";
import { expectRule } from "../violation.ts";
import { pending } from "./ending.ts";
import type { ReaderCaseDefinition } from "./reader-case.ts";
import type { ReaderDriver } from "./reader-driver.ts";

export const ABORTING: readonly ReaderCaseDefinition[] = [
  {
    id: "AW-READ-7",
    title: "drops what was not read at abort, and throws ERR_AW_ABORTED with the reason",
    needs: ["abort"],
    async run({ make, random }) {
      const driver = await make();
      await driver.give(random.bytes(5000));
      await driver.readBytes(10);
      const reason = new Error("the reason");
      driver.reader.abort?.(reason);
      driver.reader.abort?.(new Error("another"));
      for (let again = 0; again < 3; again++) {
        const error = (await driver.failure())?.error as { cause?: unknown };
        const isAborted = hasCode(error, "ERR_AW_ABORTED") && error.cause === reason;
        expectRule(isAborted, "AW-READ-7", "a poll after abort does not throw it with its reason");
      }
    },
  },
  {
    id: "AW-READ-7",
    title: "wakes what is pending at abort",
    needs: ["abort"],
    async run({ make }) {
      const driver = await make();
      const waker = await pending(driver);
      driver.reader.abort?.(new Error("the reason"));
      expectRule(await driver.isWoken(waker), "AW-READ-7", "abort does not wake what is pending");
    },
  },
  {
    id: "AW-READ-7",
    title: "makes the source stop at abort",
    needs: ["abort", "isStopped"],
    async run({ make, random }) {
      const driver = await make();
      await driver.give(random.bytes(100));
      await driver.readBytes(1);
      driver.reader.abort?.(new Error("the reason"));
      expectRule(await isStopped(driver), "AW-READ-7", "the source goes on after abort");
    },
  },
  {
    id: "AW-READ-7",
    title: "is left as it is by an abort once it was read to its end",
    needs: ["abort"],
    async run({ make, random }) {
      const driver = await make();
      await driver.give(random.bytes(100));
      await driver.end();
      await driver.readRest();
      driver.reader.abort?.(new Error("late"));
      const thrown = await driver.failure();
      expectRule(thrown === undefined, "AW-READ-7", "an abort after the end makes polls throw");
    },
  },
];

async function isStopped(driver: ReaderDriver): Promise<boolean> {
  await driver.settle();
  return (await driver.subject.isStopped?.()) === true;
}

import { readFileSync } from "node:fs";
import { logDestination, open, rotating, type FileWriter } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";

/** More turns of the event loop than a flush needs by far; it was never answered before. */
const TURNS = 200_000;

const folder = temporaryFolder();

const KINDS: [string, (path: string) => Promise<FileWriter>][] = (
  ["none", "data"] as const
).flatMap((durability) => [
  [`a file, durability ${durability}`, (path) => open(path, { flags: "a", durability })],
  [
    `a rotating log, durability ${durability}`,
    (path) => rotating(path, { durability, maxBytes: 1e9 }),
  ],
]);

it.each(KINDS)(
  "%s: a flush waits for the lines before it, not for those after it",
  async (_, make) => {
    const path = folder.at("app.log");
    const log = logDestination(await make(path));
    log.write("before the flush\n");
    let isFlushed = false;
    log.flush(() => {
      isFlushed = true;
      expect(readFileSync(path, "utf8")).toMatch(/^before the flush\n/);
    });
    await new Promise<void>((resolve) => {
      let turns = 0;
      const writeOn = (): void => {
        log.write("a line of a server under load\n");
        if (isFlushed || ++turns === TURNS) resolve();
        else setImmediate(writeOn);
      };
      writeOn();
    });
    expect(isFlushed).toBe(true);
    await new Promise<void>((resolve) => log.end(() => resolve()));
  },
);

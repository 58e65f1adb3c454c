import { readdirSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { ownMark } from "../../src/replace/process-mark.ts";
import { removeLeftovers, temporaryName } from "../../src/replace/temporary-file.ts";

const folder = temporaryFolder();

it("a temporary name is hidden, in the same folder, short enough, and another one each time", () => {
  for (const name of ["file", "n".repeat(255), "\u{1f600}".repeat(63)]) {
    const temporary = temporaryName(folder.at(name));
    expect(dirname(temporary)).toBe(folder.path);
    expect(basename(temporary)).toMatch(/^\..*\.tmp$/u);
    expect(Buffer.byteLength(basename(temporary))).toBeLessThanOrEqual(255);
    // No half of a character.
    expect(basename(temporary).isWellFormed()).toBe(true);
    expect(temporaryName(folder.at(name))).not.toBe(temporary);
  }
});

it("what dead processes have left of a file is removed, and nothing else", async () => {
  const [boot, namespace, pid, start] = ownMark().split("-");
  const random = "0123456789ab";
  const dead = `${boot}-${namespace}-${2 ** 22 + 1}-1`;
  const alive = `${boot}-${namespace}-${pid}-${start}`;
  const kept = [
    "file",
    `.file.${alive}-${random}.tmp`,
    // Of files of other names, one of them as long.
    `.life.${dead}-${random}.tmp`,
    `.file.txt.${dead}-${random}.tmp`,
    // Names that this package does not make.
    `.file.${dead}-${random}`,
    `.file.${dead}-${random}.tmp.old`,
    `.file.${dead}-0123.tmp`,
    `file.${dead}-${random}.tmp`,
    `.file.x${dead}-${random}.tmp`,
    // Of a container whose processes can't be seen from here.
    `.file.${boot}-00000000-1-1-${random}.tmp`,
  ];
  for (const name of [...kept, `.file.${dead}-${random}.tmp`]) writeFileSync(folder.at(name), "");
  await removeLeftovers(folder.at("file"));
  expect(readdirSync(folder.path).toSorted()).toEqual(kept.toSorted());
});

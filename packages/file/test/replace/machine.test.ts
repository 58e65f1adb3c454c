import { hostname } from "node:os";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it } from "vitest";
import { bootId, hostName, isLocal, pidNamespace } from "../../src/replace/machine.ts";
import { MARK_PATTERN, mayBeAlive, ownMark } from "../../src/replace/process-mark.ts";

const folder = temporaryFolder();
const { platform } = process;
afterEach(() => void Object.defineProperty(process, "platform", { value: platform }));

/** A file system that is not known to be of this machine alone; as a network share is not. */
const FOREIGN = "/proc";

describe.runIf(platform === "linux")("this machine", () => {
  it("is known by its name, its start and its processes", () => {
    expect(hostName()).toBe(hostname());
    expect([bootId(), pidNamespace()]).toEqual([bootId(), pidNamespace()]);
  });

  it("alone has a folder of a local file system, and no other", () => {
    expect(isLocal(folder.path)).toBe(true);
    expect(isLocal(FOREIGN)).toBe(false);
    expect(isLocal(folder.at("none"))).toBe(false);
  });

  it("is not known to be alone elsewhere than on Linux", () => {
    Object.defineProperty(process, "platform", { value: "darwin" });
    expect(isLocal(folder.path)).toBe(false);
  });
});

describe.runIf(platform === "linux")("the mark of a process", () => {
  const [boot, namespace, pid, start] = ownMark().split("-");

  it("is the same each time, and of one form", () => {
    expect(ownMark()).toBe(ownMark());
    expect(ownMark()).toMatch(new RegExp(`^${MARK_PATTERN}$`));
  });

  it.each([
    ["this process", `${boot}-${namespace}-${pid}-${start}`, true, true],
    ["one that is gone", `${boot}-${namespace}-${2 ** 22 + 1}-${start}`, false, false],
    ["one whose number is used again", `${boot}-${namespace}-${pid}-1`, false, false],
    ["another container's", `${boot}-00000000-${2 ** 22 + 1}-1`, true, true],
    // Nobody else can see a local file system; a share may be another machine's.
    [
      "an earlier start's, or another machine's",
      `00000000-${namespace}-${pid}-${start}`,
      false,
      true,
    ],
  ])("of %s", (_, mark, here, onShare) => {
    expect(mayBeAlive(mark, folder.path)).toBe(here);
    expect(mayBeAlive(mark, FOREIGN)).toBe(onShare);
  });
});

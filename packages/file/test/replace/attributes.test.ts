import type * as fs from "node:fs";
import {
  chmodSync,
  closeSync,
  fstatSync,
  openSync,
  rmSync,
  writeFileSync,
  type Stats,
} from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import { adoptAttributes } from "../../src/replace/attributes.ts";
import type { Faults } from "../failing-fs.ts";

const { failing, systemError } = await vi.hoisted(() => import("../failing-fs.ts"));
const faults = vi.hoisted((): Faults => new Map());
vi.mock("node:fs", async (importOriginal) =>
  failing(await importOriginal<typeof fs>(), faults, ["fchownSync", "fchmodSync"]),
);
afterEach(() => faults.clear());

const folder = temporaryFolder();
const IS_ROOT = process.getuid?.() === 0;

/** What a new file of 0600 has after it has adopted what `change` says of its own attributes. */
function adopted(change: (own: Stats) => Partial<Stats>): {
  uid: number;
  gid: number;
  mode: string;
} {
  rmSync(folder.at("file"), { force: true });
  writeFileSync(folder.at("file"), "");
  chmodSync(folder.at("file"), 0o600);
  const fd = openSync(folder.at("file"), "r+");
  try {
    const own = fstatSync(fd);
    adoptAttributes(fd, Object.assign(own, { nlink: 1, ...change(own) }));
    const { uid, gid, mode } = fstatSync(fd);
    return { uid, gid, mode: (mode & 0o7777).toString(8) };
  } finally {
    closeSync(fd);
  }
}

const OWN = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

describe("permissions", () => {
  it.each<[number, number, string]>([
    [0o644, 1, "644"],
    [0o600, 1, "600"],
    [0o000, 1, "0"],
    [0o777, 2, "777"],
    // With its owner, and no second name under which somebody else could have made it.
    [0o4755, 1, "4755"],
    [0o1700, 1, "1700"],
    [0o4755, 2, "755"],
  ])("of %o, with %i names", (mode, nlink, expected) => {
    expect(adopted(() => ({ mode: 0o100000 | mode, nlink }))).toEqual({ ...OWN, mode: expected });
  });

  it("are not touched where they are equal already", () => {
    faults.set("fchmodSync", systemError("EIO"));
    faults.set("fchownSync", systemError("EIO"));
    expect(adopted(() => ({})).mode).toBe("600");
  });

  it("that can't be given are an error: the file would be open to others, or closed to its users", () => {
    faults.set("fchmodSync", systemError("EPERM"));
    expect(() => adopted(() => ({ mode: 0o100640 }))).toThrow(
      expect.objectContaining({ code: "EPERM" }),
    );
  });
});

describe("owners", () => {
  it.runIf(IS_ROOT)("are given, each on its own", () => {
    const mode = 0o104750;
    expect(adopted(() => ({ uid: 1234, gid: 4321, mode }))).toEqual({
      uid: 1234,
      gid: 4321,
      mode: "4750",
    });
    expect(adopted(() => ({ gid: 4321, mode }))).toEqual({ uid: OWN.uid, gid: 4321, mode: "4750" });
    expect(adopted(() => ({ uid: 1234, mode }))).toEqual({ uid: 1234, gid: OWN.gid, mode: "4750" });
  });

  it.each(["EPERM", "EINVAL", "EACCES", "ENOTSUP", "ENOSYS", "ERR_ACCESS_DENIED"])(
    "that may not be given (%s) stay as they are",
    (code) => {
      faults.set("fchownSync", systemError(code));
      // The user's own rights stay; no set-user-id without its owner.
      expect(adopted(({ uid }) => ({ uid: uid + 1, mode: 0o104755 }))).toEqual({
        ...OWN,
        mode: "755",
      });
    },
  );

  it.each([
    [0o664, "644"],
    [0o640, "600"],
    [0o660, "600"],
    [0o666, "666"],
    [0o674, "644"],
    [0o647, "647"],
    [0o4775, "755"],
  ])("whose group may not be given leave our group no more than all have: %o", (mode, expected) => {
    faults.set("fchownSync", systemError("EPERM"));
    expect(adopted(({ gid }) => ({ gid: gid + 1, mode: 0o100000 | mode }))).toEqual({
      ...OWN,
      mode: expected,
    });
  });

  it("that can't be given for another reason are an error", () => {
    faults.set("fchownSync", systemError("EIO"));
    for (const change of [{ uid: OWN.uid + 1 }, { gid: OWN.gid + 1 }]) {
      expect(() => adopted(() => change)).toThrow(expect.objectContaining({ code: "EIO" }));
    }
  });
});

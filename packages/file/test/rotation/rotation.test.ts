import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import type { Archiver } from "../../src/rotation/archiver.ts";
import { openLog } from "../../src/rotation/log-file.ts";
import { NumberedArchive } from "../../src/rotation/numbered-archive.ts";
import { Rotation, type RotatedFile } from "../../src/rotation/rotation.ts";

const folder = temporaryFolder();

/** What an administrator's script could do: a folder where the next file is to be. */
class HinderedArchive extends NumberedArchive {
  readonly #path: string;

  constructor(path: string, keep: number) {
    super(path, keep);
    this.#path = path;
  }

  override admit(): ReturnType<NumberedArchive["admit"]> {
    const result = super.admit();
    mkdirSync(this.#path);
    return result;
  }
}

describe("a rotation whose second half fails", () => {
  it("compresses nothing that is still written to, and is finished by the next attempt", () => {
    const path = folder.at("log");
    const compressed: string[] = [];
    const rotated: RotatedFile[] = [];
    const archive = new HinderedArchive(path, 5);
    const rotation = new Rotation({
      name: "log",
      path,
      archive,
      archiver: {
        add: (base: string) => void compressed.push(base),
        renumber: () => {},
      } as unknown as Archiver,
      durability: "none",
      io: "sync",
      onRotate: (file) => void rotated.push(file),
    });
    writeFileSync(path, "");
    const file = openLog(path, 0o600, "sync");
    file.size += file.descriptor.writeNow([Buffer.from("before\n")]);
    expect(() => rotation.next(file)).toThrow(expect.objectContaining({ code: "ERR_AW_IO" }));
    expect({ compressed, rotated }).toEqual({ compressed: [], rotated: [] });
    file.size += file.descriptor.writeNow([Buffer.from("in between\n")]);
    rmdirSync(path);
    const next = rotation.next(file);
    expect(compressed).toEqual([`${path}.1`]);
    expect(rotated).toEqual([{ path: `${path}.1`, bytes: 18, begun: new Date(file.born) }]);
    expect(readFileSync(`${path}.1`, "utf8")).toBe("before\nin between\n");
    file.descriptor.drop(() => {});
    next.descriptor.drop(() => {});
  });
});

import type * as fs from "node:fs";
import {
  createReadStream,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { gunzipSync } from "node:zlib";
import { buffered, type AsyncWrite } from "@aw/core";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Compressor } from "../../src/rotation/compression.ts";
import { descriptorsOf } from "../descriptors-of.ts";
import type { Faults } from "../failing-fs.ts";

const { failing, systemError } = await vi.hoisted(() => import("../failing-fs.ts"));
const faults = vi.hoisted((): Faults => new Map());
vi.mock("node:fs", async (importOriginal) =>
  failing(await importOriginal<typeof fs>(), faults, ["fsync", "fchmodSync"]),
);
afterEach(() => faults.clear());

const folder = temporaryFolder();
const made = () => folder.at("log.made");
const TEXT = "a line of a log\n".repeat(20_000);

const KINDS: [string, () => Compressor, (made: Buffer) => string][] = [
  ["gzip", () => new Compressor("gzip"), (bytes) => String(gunzipSync(bytes))],
  [
    "a layer",
    () => new Compressor({ extension: ".up", layer: (inner: AsyncWrite) => buffered(inner) }),
    String,
  ],
];

async function compress(compressor: Compressor, signal = new AbortController().signal) {
  writeFileSync(folder.at("log"), TEXT, { mode: 0o640 });
  const source = createReadStream(folder.at("log"));
  return compressor.compress(source, statSync(folder.at("log")), made(), signal);
}

describe.each(KINDS)("%s", (_, make, plain) => {
  it("makes a file as accessible as the log, says which one, and closes it", async () => {
    const stats = await compress(make());
    expect(plain(readFileSync(made()))).toBe(TEXT);
    const there = statSync(made());
    expect([stats.ino, stats.dev, there.mode & 0o777]).toEqual([there.ino, there.dev, 0o640]);
    expect(descriptorsOf(made())).toBe(0);
  });

  it.each(["fsync", "fchmodSync"] as const)("fails if %s does, and closes it", async (name) => {
    faults.set(name, systemError("EIO"));
    await expect(compress(make())).rejects.toMatchObject({ code: "EIO" });
    expect(descriptorsOf(made())).toBe(0);
  });

  it("is ended by its signal, and closes the file", async () => {
    const controller = new AbortController();
    const compressing = compress(make(), controller.signal);
    controller.abort();
    await expect(compressing).rejects.toThrow();
    expect(descriptorsOf(made())).toBe(0);
  });

  it("writes over nothing, and through no link", async () => {
    for (const target of ["theirs", "none"]) {
      writeFileSync(folder.at("theirs"), "theirs");
      symlinkSync(target, made());
      await expect(compress(make())).rejects.toMatchObject({ code: "EEXIST" });
      expect([readFileSync(folder.at("theirs"), "utf8"), existsSync(folder.at("none"))]).toEqual([
        "theirs",
        false,
      ]);
      unlinkSync(made());
    }
  });
});

it("what comes behind the name is what was asked for", () => {
  expect(KINDS.map(([, make]) => make().extension)).toEqual([".gz", ".up"]);
});

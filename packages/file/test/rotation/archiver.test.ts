import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { Archiver } from "../../src/rotation/archiver.ts";
import { descriptorsOf } from "../descriptors-of.ts";

const folder = temporaryFolder();
const at = (name: string) => folder.at(name);
const names = () => readdirSync(folder.path).toSorted();
const text = (name: string) => readFileSync(at(name), "utf8");

/** An archiver whose compression ends when the test says so. */
function setUp() {
  /** What is compressed now. */
  const works: { temporary: string; signal: AbortSignal; end: (failure?: Error) => void }[] = [];
  const compressor = {
    extension: ".x",
    async compress(
      source: AsyncIterable<Buffer>,
      _: unknown,
      temporary: string,
      signal: AbortSignal,
    ) {
      let plain = "";
      for await (const chunk of source) plain += String(chunk);
      writeFileSync(temporary, plain.toUpperCase());
      const made = statSync(temporary);
      await new Promise<void>((resolve, reject) => {
        works.push({
          temporary,
          signal,
          end: (failure) => (failure === undefined ? resolve() : reject(failure)),
        });
      });
      return made;
    },
  };
  const errors: string[] = [];
  const onError = (error: unknown) => void errors.push((error as Error).message);
  const archiver = new Archiver(at("log"), compressor as never, onError);
  /** Resolves with the work that has begun as the n-th. */
  const begun = async (n: number) => {
    while (works.length < n) await new Promise((resolve) => setImmediate(resolve));
    return works[n - 1] as (typeof works)[number];
  };
  return { archiver, works, errors, begun };
}

describe("old files", () => {
  it("are compressed one at a time, in order, and take the place of the plain ones", async () => {
    const { archiver, works, errors, begun } = setUp();
    for (const name of ["log.2", "log.1"]) {
      writeFileSync(at(name), name);
      archiver.add(at(name));
    }
    (await begun(1)).end();
    const second = await begun(2);
    expect([names().slice(1), works.length]).toEqual([["log.1", "log.2.x"], 2]);
    second.end();
    await archiver.finished();
    expect([names(), text("log.1.x"), text("log.2.x")]).toEqual([
      ["log.1.x", "log.2.x"],
      "LOG.1",
      "LOG.2",
    ]);
    expect([errors, descriptorsOf(at("log.1"))]).toEqual([[], 0]);
  });

  it("that come after a pause are compressed too", async () => {
    const { archiver, begun } = setUp();
    for (const [index, name] of ["log.1", "log.2"].entries()) {
      writeFileSync(at(name), name);
      archiver.add(at(name));
      (await begun(index + 1)).end();
      await archiver.finished();
    }
    expect(names()).toEqual(["log.1.x", "log.2.x"]);
  });

  it("that are renamed meanwhile, or wait, keep their new names", async () => {
    const { archiver, begun } = setUp();
    for (const name of ["log.2", "log.1"]) {
      writeFileSync(at(name), name);
      archiver.add(at(name));
    }
    const first = await begun(1);
    renameSync(at("log.2"), at("log.3"));
    renameSync(at("log.1"), at("log.2"));
    archiver.renumber((base) => (base === at("log.2") ? at("log.3") : at("log.2")));
    first.end();
    (await begun(2)).end();
    await archiver.finished();
    expect([names(), text("log.3.x"), text("log.2.x")]).toEqual([
      ["log.2.x", "log.3.x"],
      "LOG.2",
      "LOG.1",
    ]);
  });

  it("that are removed meanwhile, or wait, are nothing to compress", async () => {
    const { archiver, works, errors, begun } = setUp();
    for (const name of ["log.2", "log.1"]) {
      writeFileSync(at(name), name);
      archiver.add(at(name));
    }
    const first = await begun(1);
    for (const name of ["log.2", "log.1"]) rmSync(at(name));
    archiver.renumber(() => undefined);
    archiver.renumber((base) => base);
    first.end();
    await archiver.finished();
    expect([names(), errors, works.length]).toEqual([[], [], 1]);
  });
});

describe("a compressed file that is there already", () => {
  it("and a plain one that is removed while both are compared: nothing is left to do", async () => {
    const { archiver, errors, begun } = setUp();
    writeFileSync(at("log.1"), "same");
    writeFileSync(at("log.1.x"), "SAME");
    archiver.add(at("log.1"));
    (await begun(1)).end();
    // Both are open by then: reading them takes several turns.
    while (descriptorsOf(at("log.1.x")) === 0) await new Promise((done) => setImmediate(done));
    rmSync(at("log.1"));
    archiver.renumber(() => undefined);
    await archiver.finished();
    expect([names(), text("log.1.x"), errors]).toEqual([["log.1.x"], "SAME", []]);
  });

  it("is the same: an earlier process had no time to remove the plain one", async () => {
    const { archiver, errors, begun } = setUp();
    writeFileSync(at("log.1"), "same");
    writeFileSync(at("log.1.x"), "SAME");
    const { ino } = statSync(at("log.1.x"));
    archiver.add(at("log.1"));
    (await begun(1)).end();
    await archiver.finished();
    expect([names(), statSync(at("log.1.x")).ino === ino, errors]).toEqual([["log.1.x"], true, []]);
  });

  it("is another's: both stay, which is reported and no failure", async () => {
    const { archiver, errors, begun } = setUp();
    writeFileSync(at("log.1"), "ours");
    writeFileSync(at("log.1.x"), "THEIRS");
    archiver.add(at("log.1"));
    (await begun(1)).end();
    await archiver.finished();
    expect([names(), text("log.1"), text("log.1.x")]).toEqual([
      ["log.1", "log.1.x"],
      "ours",
      "THEIRS",
    ]);
    expect(errors).toEqual([expect.stringContaining("is there already, with other content")]);
  });
});

describe("what others do in the folder meanwhile", () => {
  it("another file in the place of the plain one: both stay", async () => {
    const { archiver, errors, begun } = setUp();
    writeFileSync(at("log.1"), "ours");
    archiver.add(at("log.1"));
    const work = await begun(1);
    renameSync(at("log.1"), at("moved"));
    writeFileSync(at("log.1"), "theirs");
    work.end();
    await archiver.finished();
    expect([names(), text("log.1")]).toEqual([["log.1", "moved"], "theirs"]);
    expect(errors).toEqual([expect.stringContaining("another program has replaced")]);
  });

  it("another file in the place of the compressed one: it is neither used nor removed", async () => {
    const { archiver, errors, begun } = setUp();
    writeFileSync(at("log.1"), "ours");
    archiver.add(at("log.1"));
    const { temporary, end } = await begun(1);
    renameSync(temporary, at("moved"));
    writeFileSync(temporary, "theirs");
    end();
    await archiver.finished();
    expect([text("log.1"), readFileSync(temporary, "utf8")]).toEqual(["ours", "theirs"]);
    expect(errors).toEqual([expect.stringContaining("another program has replaced")]);
  });

  it.each(["a link", "a folder"])("%s is not compressed, which is no failure", async (what) => {
    const { archiver, works, errors } = setUp();
    writeFileSync(at("secret"), "not for the archive");
    if (what === "a link") symlinkSync("secret", at("log.1"));
    else mkdirSync(at("log.1"));
    archiver.add(at("log.1"));
    await archiver.finished();
    expect(errors).toEqual([expect.stringContaining("is not a regular file; it stays as it is")]);
    expect([works.length, existsSync(at("log.1"))]).toEqual([0, true]);
  });
});

describe("a compression that fails", () => {
  it("leaves the plain file, is reported, and does not keep the next from being made", async () => {
    const { archiver, errors, begun } = setUp();
    for (const name of ["log.3", "log.2", "log.1"]) {
      writeFileSync(at(name), name);
      archiver.add(at(name));
    }
    (await begun(1)).end(new Error("first"));
    (await begun(2)).end(new Error("second"));
    (await begun(3)).end();
    await expect(archiver.finished()).rejects.toThrow("first");
    expect(errors).toEqual(["first", "second"]);
    expect(names()).toEqual(expect.arrayContaining(["log.1.x", "log.2", "log.3"]));
    expect(names()).not.toContain("log.1");
  });

  it("because the file is gone is one", async () => {
    const { archiver, errors } = setUp();
    archiver.add(at("log.1"));
    await expect(archiver.finished()).rejects.toMatchObject({ code: "ENOENT" });
    expect(errors).toHaveLength(1);
  });
});

it("what is stopped leaves everything as it was, and is no failure", async () => {
  const { archiver, works, errors, begun } = setUp();
  for (const name of ["log.2", "log.1"]) {
    writeFileSync(at(name), name);
    archiver.add(at(name));
  }
  const { signal, end } = await begun(1);
  expect(signal.aborted).toBe(false);
  archiver.stop();
  expect(signal.aborted).toBe(true);
  end();
  await archiver.finished();
  expect([names(), errors, works.length]).toEqual([["log.1", "log.2"], [], 1]);
});

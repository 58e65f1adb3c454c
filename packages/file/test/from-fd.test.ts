import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from "node:fs";
import { fromFd, stderr, stdout } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it, vi } from "vitest";

const folder = temporaryFolder();

describe("a descriptor of a file", () => {
  it.each([
    ["async", false],
    ["sync", true],
  ] as const)("may be others' too, so %s can be flushed at exit: %s", async (io, expected) => {
    const out = fromFd(openSync(folder.at("out"), "w"), { io });
    expect([out.isExitSafe, String(out)]).toEqual([expected, expect.stringMatching(/^fd \d+$/)]);
    await out.close();
  });

  it.each(["async", "sync"] as const)("is written where it stands, %s", async (io) => {
    writeFileSync(folder.at("out"), "0123456789");
    const fd = openSync(folder.at("out"), "r+");
    readSync(fd, Buffer.alloc(3));
    const out = fromFd(fd, { io });
    await out.writeAll("ab");
    await out.close();
    expect(readFileSync(folder.at("out"), "utf8")).toBe("012ab56789");
    expect(() => fstatSync(fd)).toThrow(expect.objectContaining({ code: "EBADF" }));
  });

  it.each(["close", "abort"] as const)("is left open at %s if that is asked for", async (end) => {
    const fd = openSync(folder.at("out"), "w");
    const out = fromFd(fd, { closeFd: false });
    await out[end]();
    expect(fstatSync(fd).isFile()).toBe(true);
    closeSync(fd);
  });
});

it("a pipe has what was written, whole lines or not, and no sync", async () => {
  execFileSync("mkfifo", [folder.at("pipe")]);
  const fd = openSync(folder.at("pipe"), constants.O_RDWR | constants.O_NONBLOCK);
  // A pipe can't be synced: the system would say EINVAL.
  const out = fromFd(fd, { closeFd: false, durability: "full", io: "sync" });
  await out.writeAll("no end of a line");
  await out.flush();
  const bytes = Buffer.alloc(100);
  expect(String(bytes.subarray(0, readSync(fd, bytes)))).toBe("no end of a line");
  await out.close();
  closeSync(fd);
});

describe("a pipe whose reader has gone", () => {
  it.each([
    [undefined, []],
    ["error", []],
    ["exit", [[141]]],
  ] as const)(
    "fails the writer, and ends the process if that is asked for: %s",
    async (how, exits) => {
      const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as never);
      execFileSync("mkfifo", [folder.at("pipe")]);
      const reader = openSync(folder.at("pipe"), constants.O_RDONLY | constants.O_NONBLOCK);
      const writer = openSync(folder.at("pipe"), constants.O_WRONLY | constants.O_NONBLOCK);
      const out = fromFd(writer, { onBrokenPipe: how });
      closeSync(reader);
      await out.writeAll("nobody reads this");
      await expect(out.flush()).rejects.toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
      expect(exit.mock.calls).toEqual(exits);
      exit.mockRestore();
    },
  );
});

describe("the standard streams", () => {
  it.each([
    ["stdout", stdout, 1],
    ["stderr", stderr, 2],
  ] as const)("%s is called so, and left open", async (name, make, fd) => {
    for (const options of [{}, { wholeLines: false }, { io: "sync" as const }]) {
      const out = make(options);
      expect(String(out)).toBe(name);
      await out.writeAll("");
      await out.close();
    }
    expect(fstatSync(fd).nlink).toBeGreaterThanOrEqual(0);
  });

  it.each([{ wholeLines: 1 }, { io: "fast" }, { onBrokenPipe: "ignore" }, { lines: true }])(
    "refuse %o",
    (options) => {
      for (const make of [stdout, stderr]) {
        expect(() => make(options as never)).toThrow(
          expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
        );
      }
    },
  );
});

it.each([-1, 1.5, "1", undefined, NaN])("refuses %s, which is no descriptor", (fd) => {
  expect(() => fromFd(fd as never)).toThrow(
    expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
  );
});

it("refuses whole lines, which are an option of the standard streams", () => {
  expect(() => fromFd(1, { wholeLines: true } as never)).toThrow(
    expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
  );
});

it("says why what is not open can't be written to", () => {
  expect(() => fromFd(2 ** 31 - 1)).toThrow(
    expect.objectContaining({
      code: "ERR_AW_IO",
      cause: expect.objectContaining({ code: "EBADF" }) as Error,
    }),
  );
});

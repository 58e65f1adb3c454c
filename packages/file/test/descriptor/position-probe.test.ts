import {
  appendFileSync,
  closeSync,
  openSync,
  truncateSync,
  write,
  writeFileSync,
  writeSync,
} from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, expect, it, vi } from "vitest";
import { PositionProbe } from "../../src/descriptor/position-probe.ts";
import { descriptorsOf } from "../descriptors-of.ts";

const folder = temporaryFolder();
const path = () => folder.at("log");
const others = (text: string) => appendFileSync(path(), text);
const cut = (length: number) => truncateSync(path(), length);

afterEach(() => void vi.restoreAllMocks());

/** A probe of a file that is opened to append, after `before` has been done with it. */
function setUp(before: (fd: number) => void = () => {}) {
  const fd = openSync(path(), "a");
  before(fd);
  const probe = PositionProbe.of(fd);
  if (probe === undefined) throw new Error("these tests need /proc");
  const end = () => {
    probe.close();
    closeSync(fd);
  };
  return { fd, probe, end };
}

/**
 * What was there before the call, what it was to write, what happened since, and how much of it is written. "own" is
 * what the same open file wrote before: from then on its position says more than 0.
 */
const CASES: [
  string,
  { there?: string; own?: string },
  readonly string[],
  (fd: number) => void,
  number,
][] = [
  ["all, into an empty file", {}, ["hello"], (fd) => writeSync(fd, "hello"), 5],
  [
    "all, the first of this open file",
    { there: "0123" },
    ["hello"],
    (fd) => writeSync(fd, "hello"),
    5,
  ],
  [
    "all, after others of its own",
    { own: "0123" },
    ["he", "llo"],
    (fd) => writeSync(fd, "hello"),
    5,
  ],
  ["a part", { own: "0123" }, ["he", "llo"], (fd) => writeSync(fd, "hel"), 3],
  // By its content alone, it could be all.
  [
    "a part of what looks the same everywhere",
    { own: "aaaaaaaa" },
    ["aaaaa"],
    (fd) => writeSync(fd, "aaa"),
    3,
  ],
  [
    "all, behind what others have appended",
    { own: "0123" },
    ["hello"],
    (fd) => {
      others("others\n");
      writeSync(fd, "hello");
    },
    5,
  ],
  [
    "a part, behind what others have appended",
    { own: "0123" },
    ["hello"],
    (fd) => {
      others("others\n");
      writeSync(fd, "hel");
    },
    3,
  ],
  [
    "a part, behind a little that others have appended",
    { own: "0123" },
    ["hello"],
    (fd) => {
      others("x");
      writeSync(fd, "he");
    },
    2,
  ],
  [
    "all, after others have cut the file off",
    { own: "0123456789" },
    ["hello"],
    (fd) => {
      cut(0);
      writeSync(fd, "hello");
    },
    5,
  ],
  [
    "a part, after others have cut the file off",
    { own: "0123456789" },
    ["hello"],
    (fd) => {
      cut(0);
      writeSync(fd, "hel");
    },
    3,
  ],
  [
    "all, up to where the file ended before others have cut it off",
    { there: "01234" },
    ["hello"],
    (fd) => {
      cut(0);
      writeSync(fd, "hello");
    },
    5,
  ],
  [
    "all, longer than the file before others have cut it off",
    { own: "0123456" },
    ["longer text"],
    (fd) => {
      cut(0);
      writeSync(fd, "longer text");
    },
    11,
  ],
];

it.each(CASES)(
  "sees how much was appended: %s",
  (_, { there = "", own = "" }, bufs, call, count) => {
    writeFileSync(path(), there);
    const { fd, probe, end } = setUp((before) => void writeSync(before, own));
    probe.begin(bufs.map((text) => Buffer.from(text)));
    call(fd);
    expect(probe.wait()).toBe(count);
    end();
    expect(descriptorsOf(path())).toBe(0);
  },
);

it("sees an end that is where it was before: others have cut the file off meanwhile", () => {
  const { fd, probe, end } = setUp((before) => void writeSync(before, "01234"));
  others("others\n");
  probe.begin([Buffer.from("hello")]);
  cut(0);
  writeSync(fd, "hello");
  // A clock without patience: it is seen at the first look.
  const now = vi.spyOn(performance, "now");
  for (let second = 0; second < 8; second++) now.mockReturnValueOnce(second * 1000);
  expect(probe.wait()).toBe(5);
  end();
});

it("blocks until the thread pool has written", async () => {
  const { fd, probe, end } = setUp();
  const bytes = Buffer.alloc(1_000_000, "text");
  probe.begin([bytes]);
  const written = new Promise((resolve) => {
    write(fd, bytes, (_, count) => resolve(count));
  });
  expect(probe.wait()).toBe(bytes.length);
  expect(await written).toBe(bytes.length);
  end();
});

it.each([
  ["nothing happens", () => {}],
  ["others cut the file off, and nothing is written", () => cut(0)],
  [
    "others cut it off, and what they write ends where the call would",
    () => {
      cut(0);
      others("other");
    },
  ],
])("gives up after 5 seconds if %s", (_, happens) => {
  const { probe, end } = setUp((before) => void writeSync(before, "01234"));
  others("others\n");
  probe.begin([Buffer.from("hello")]);
  happens();
  let second = 0;
  vi.spyOn(performance, "now").mockImplementation(() => 1000 * second++);
  expect(() => probe.wait()).toThrow(expect.objectContaining({ code: "ERR_AW_TIMEOUT" }));
  expect(second).toBe(6);
  end();
});

it("is not to be had where the system does not tell", () => {
  expect(PositionProbe.of(2 ** 31 - 1)).toBe(undefined);
});

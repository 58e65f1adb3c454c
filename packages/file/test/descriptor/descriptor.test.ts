import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Descriptor, type DescriptorOptions } from "../../src/descriptor/descriptor.ts";
import { asyncIo } from "../../src/descriptor/io.ts";
import { descriptorsOf } from "../descriptors-of.ts";

const folder = temporaryFolder();
const path = () => folder.at("out");
const text = () => readFileSync(path(), "utf8");

const FULL = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
const transient = (code: string) => Object.assign(new Error("try again"), { code });

/** A call of the thread pool that a test answers. */
interface Call {
  fd: number;
  bytes: string;
  position: number | null;
  done: (error: Error | null, written: number) => void;
}

let calls: Call[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate"] });
  calls = [];
  vi.spyOn(asyncIo, "write").mockImplementation((fd, bufs, position, done) => {
    calls.push({ fd, bytes: String(Buffer.concat(bufs)), position, done });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function setUp(options: Partial<DescriptorOptions> = {}, flags = "w") {
  const fd = openSync(path(), flags);
  const descriptor = new Descriptor(fd, { io: "async", position: 0, exclusive: true, ...options });
  const answers: unknown[] = [];
  const write = (...texts: string[]) => {
    const bufs = texts.map((each) => Buffer.from(each));
    descriptor.write(bufs, (error) => void answers.push(error));
  };
  return { fd, descriptor, answers, write };
}

/** Turns of the event loop, until the thread pool has answered. */
async function until(isSo: () => boolean): Promise<void> {
  vi.useRealTimers();
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describe("a write", () => {
  it("that is short is continued where it stopped", () => {
    const { fd, descriptor, answers, write } = setUp({ position: 10 });
    write("one", "two");
    calls[0]?.done(null, 4);
    calls[1]?.done(null, 1);
    expect(answers).toEqual([]);
    calls[2]?.done(null, 1);
    expect(answers).toEqual([undefined]);
    const given = calls.map(({ bytes, position }) => [bytes, position]);
    expect(given).toEqual([
      ["onetwo", 10],
      ["wo", 14],
      ["o", 15],
    ]);
    write("more");
    expect([calls[3]?.position, descriptor.bytesWritten, calls[3]?.fd]).toEqual([16, 6, fd]);
    closeSync(fd);
  });

  it("is made again while the system has no room for it, after waits up to 20 ms", () => {
    const { fd, answers, write } = setUp();
    write("text");
    const waits: number[] = [];
    const again = (code: string) => {
      const before = Date.now();
      calls.at(-1)?.done(transient(code), 0);
      vi.advanceTimersToNextTimer();
      waits.push(Date.now() - before);
    };
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "Date"] });
    for (let attempt = 0; attempt < 7; attempt++) again("EAGAIN");
    again("EINTR");
    calls.at(-1)?.done(null, 1);
    again("EWOULDBLOCK");
    expect(waits).toEqual([1, 2, 4, 8, 16, 20, 20, 0, 1]);
    expect(calls.at(-1)?.bytes).toBe("ext");
    calls.at(-1)?.done(null, 3);
    expect(answers).toEqual([undefined]);
    closeSync(fd);
  });

  it("that fails says what was not taken", () => {
    const { fd, descriptor, answers, write } = setUp();
    write("one", "two");
    calls[0]?.done(null, 2);
    calls[1]?.done(FULL, 0);
    expect(answers).toEqual([FULL]);
    expect(descriptor.unwritten.map(String)).toEqual(["e", "two"]);
    closeSync(fd);
  });

  it("of nothing at all is a failure: going on would have no end", () => {
    const { fd, descriptor, answers, write } = setUp();
    write("text");
    calls[0]?.done(null, 0);
    expect(answers).toEqual([expect.objectContaining({ code: "ERR_AW_IO" })]);
    expect(descriptor.unwritten.map(String)).toEqual(["text"]);
    closeSync(fd);
  });

  it("that appends leaves the place to the system", () => {
    const { descriptor, write } = setUp({ position: null }, "a");
    write("text");
    calls[0]?.done(null, 2);
    expect([calls[0]?.position, calls[1]?.position, descriptor.isFile]).toEqual([null, null, true]);
    descriptor.drop(() => {});
    calls[1]?.done(null, 2);
  });
});

describe("what is in flight", () => {
  it("is written to the same place, and its answer is moot", () => {
    const { fd, descriptor, answers, write } = setUp({ position: 2 });
    writeFileSync(path(), "head");
    write("one", "two");
    // As if the thread pool had written it.
    calls[0]?.done(null, 1);
    descriptor.settle();
    expect([text(), descriptor.bytesWritten, answers]).toEqual(["heanetwo", 6, []]);
    descriptor.settle();
    expect(descriptor.writeNow([Buffer.from("!")])).toBe(1);
    calls[1]?.done(FULL, 0);
    expect([text(), answers, calls.length]).toEqual(["heanetwo!", [undefined], 2]);
    closeSync(fd);
  });

  it("and waits for room is written, and answered in a later turn", () => {
    const { fd, descriptor, answers, write } = setUp();
    write("text");
    calls[0]?.done(transient("EAGAIN"), 0);
    descriptor.settle();
    expect([text(), answers]).toEqual(["text", []]);
    vi.runAllTimers();
    expect([answers, calls.length]).toEqual([[undefined], 1]);
    closeSync(fd);
  });

  it("and can't be written says what is left", () => {
    writeFileSync(path(), "");
    const { fd, descriptor, write } = setUp({}, "r");
    write("text");
    expect(() => descriptor.settle()).toThrow(expect.objectContaining({ code: "EBADF" }));
    expect(descriptor.unwritten.map(String)).toEqual(["text"]);
    closeSync(fd);
  });

  it("on a file that others share can't be waited for", () => {
    const { fd, descriptor, write } = setUp({ position: null, exclusive: false }, "a");
    expect(descriptor.settles).toBe(false);
    write("text");
    expect(() => descriptor.settle()).toThrow(
      expect.objectContaining({ code: "ERR_AW_UNSUPPORTED" }),
    );
    closeSync(fd);
  });

  it("is nothing: there is nothing to settle", () => {
    const { fd, descriptor, answers, write } = setUp();
    descriptor.settle();
    write("text");
    calls[0]?.done(null, 4);
    descriptor.settle();
    expect([descriptor.settles, text(), answers]).toEqual([true, "", [undefined]]);
    closeSync(fd);
  });
});

describe("what was settled", () => {
  it("is answered without a word about the write after it", () => {
    const { fd, descriptor, answers, write } = setUp();
    write("one");
    descriptor.settle();
    write("two");
    calls[0]?.done(null, 3);
    // The second one is in flight still.
    descriptor.settle();
    expect([text(), descriptor.bytesWritten, answers]).toEqual(["onetwo", 6, [undefined]]);
    calls[1]?.done(null, 3);
    expect(answers).toEqual([undefined, undefined]);
    closeSync(fd);
  });
});

describe("whether it settles", () => {
  it.each<[string, Partial<DescriptorOptions>, boolean]>([
    ["at a position, by the thread pool", {}, true],
    ["at a position that others share", { exclusive: false }, true],
    ["appending, alone", { position: null }, true],
    ["appending with others", { position: null, exclusive: false }, false],
    [
      "appending with others, synchronously",
      { position: null, exclusive: false, io: "sync" },
      true,
    ],
  ])("a file, %s: %s", (_, options, expected) => {
    const { fd, descriptor } = setUp(options, "a");
    expect([descriptor.settles, descriptor.isFile]).toEqual([expected, true]);
    descriptor.drop(() => {});
    // What sees where the file stands is closed with it.
    expect(readdirSync("/proc/self/fd").filter((each) => isInfoOf(fd, each))).toEqual([]);
  });

  it.each([
    ["async", false],
    ["sync", true],
  ] as const)("a pipe or device, %s: %s", (io, expected) => {
    const fd = openSync("/dev/null", "w");
    const descriptor = new Descriptor(fd, { io, position: 0, exclusive: true });
    expect([descriptor.settles, descriptor.isFile]).toEqual([expected, false]);
    closeSync(fd);
  });
});

/** Whether a descriptor of this process reads what the system says of `fd`. */
function isInfoOf(fd: number, other: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${other}`).endsWith(`/fdinfo/${fd}`);
  } catch {
    return false;
  }
}

describe("a sync", () => {
  it("is of the descriptor, as durable as asked for", () => {
    const sync = vi.spyOn(asyncIo, "sync").mockImplementation((_, _durability, done) => done(FULL));
    const { fd, descriptor } = setUp();
    const answers: unknown[] = [];
    for (const durability of ["none", "data", "full"] as const) {
      descriptor.sync(durability, (error) => void answers.push(error));
    }
    expect(answers).toEqual([undefined, FULL, FULL]);
    expect(sync.mock.calls.map(([, durability]) => durability)).toEqual(["data", "full"]);
    descriptor.syncNow("none");
    closeSync(fd);
    descriptor.syncNow("none");
    expect(() => descriptor.syncNow("data")).toThrow(expect.objectContaining({ code: "EBADF" }));
  });
});

describe("the end", () => {
  it.each([
    [true, "tex"],
    [undefined, "text and more"],
  ])("by closing: cut off where writing ended (%s)", async (truncates, left) => {
    const { descriptor, write } = setUp({ truncates });
    writeFileSync(path(), "text and more");
    write("tex");
    calls[0]?.done(null, 3);
    let answers = 0;
    descriptor.close(() => answers++);
    await until(() => answers === 1);
    expect([text(), descriptorsOf(path())]).toEqual([left, 0]);
    descriptor.close(() => answers++);
    expect(answers).toBe(2);
  });

  it("by closing leaves open what is not ours", async () => {
    const { fd, descriptor } = setUp({ closes: false });
    let isClosed = false;
    descriptor.close(() => (isClosed = true));
    descriptor.drop(() => {});
    expect([isClosed, fstatSync(fd).isFile()]).toEqual([true, true]);
    closeSync(fd);
  });

  it("by dropping closes at once, and cuts off what was not written", () => {
    const { descriptor, write } = setUp({ truncates: true });
    writeFileSync(path(), "text and more");
    write("te");
    calls[0]?.done(null, 2);
    let isDropped = false;
    descriptor.drop(() => (isDropped = true));
    expect([isDropped, text(), descriptorsOf(path())]).toEqual([true, "te", 0]);
    let isClosed = false;
    descriptor.close(() => (isClosed = true));
    expect(isClosed).toBe(true);
  });

  it("by dropping waits for the call in flight, and answers nobody", () => {
    const { descriptor, answers, write } = setUp();
    write("text");
    let drops = 0;
    descriptor.drop(() => drops++);
    expect([drops, descriptorsOf(path())]).toEqual([0, 1]);
    calls[0]?.done(null, 2);
    expect([drops, descriptorsOf(path()), answers, calls.length]).toEqual([1, 0, [], 1]);
  });

  it("by dropping waits for every call that uses it", () => {
    const syncs: (() => void)[] = [];
    vi.spyOn(asyncIo, "sync").mockImplementation((_, _durability, done) => void syncs.push(done));
    const { descriptor, write } = setUp();
    write("text");
    descriptor.sync("data", () => {});
    let drops = 0;
    descriptor.drop(() => drops++);
    calls[0]?.done(null, 4);
    expect([drops, descriptorsOf(path())]).toEqual([0, 1]);
    syncs[0]?.();
    expect([drops, descriptorsOf(path())]).toEqual([1, 0]);
  });

  it("by dropping ends the waiting for room", () => {
    const { descriptor, write } = setUp();
    write("text");
    calls[0]?.done(transient("EAGAIN"), 0);
    descriptor.drop(() => {});
    expect([vi.getTimerCount(), descriptorsOf(path())]).toEqual([0, 0]);
  });
});

it("goes on with another open file, and gives the one before back", () => {
  const { fd, descriptor, write } = setUp({ position: null }, "a");
  const other = openSync(folder.at("other"), "a");
  expect([descriptor.fd, descriptor.swap(other), descriptor.fd]).toEqual([fd, fd, other]);
  closeSync(fd);
  write("text");
  expect(calls[0]?.fd).toBe(other);
  expect(descriptorsOf(path())).toBe(0);
  calls[0]?.done(null, 4);
  descriptor.drop(() => {});
  expect(descriptorsOf(folder.at("other"))).toBe(0);
});

it("that can't be used is closed by who takes it over", () => {
  const fd = openSync(path(), "w");
  closeSync(fd);
  const options: DescriptorOptions = { io: "async", position: 0, exclusive: true };
  expect(() => Descriptor.adopt(fd, options)).toThrow(expect.objectContaining({ code: "EBADF" }));
});

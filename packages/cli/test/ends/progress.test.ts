import { Writable } from "node:stream";
import { memory, pipe, type AsyncWrite } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { COMMANDS } from "../../src/commands/commands.ts";
import { chain } from "../../src/ends/progress.ts";
import { parseCommandLine } from "../../src/line/arguments.ts";

/** What stands in the place of standard error, and keeps what is drawn there. */
class Screen extends Writable {
  readonly isTTY: boolean;
  readonly columns = 80;
  text = "";

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.text += String(chunk);
    callback();
  }
}

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["performance", "Date", "setTimeout", "setInterval", "clearTimeout", "clearInterval"],
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Started {
  isTTY?: boolean;
  size?: number;
  /** Default: a memory. */
  destination?: AsyncWrite;
}

/** A chain, its notes, and the screen that it draws on. */
async function started(words: string[], { isTTY = false, size, destination }: Started = {}) {
  const screen = new Screen(isTTY);
  vi.spyOn(process, "stderr", "get").mockReturnValue(screen as unknown as typeof process.stderr);
  const notes: string[] = [];
  const target = memory();
  const args = parseCommandLine(COMMANDS.recv.options, words);
  const note = (line: string): void => void notes.push(line);
  const { out, finish } = await chain(destination ?? target, [], args, { size, note });
  return { out, finish, notes, screen, target };
}

const SHOWS_CURSOR = "\u001B[?25h";
const HIDES_CURSOR = "\u001B[?25l";

describe("without --progress", () => {
  it("nothing is counted or said, on a terminal either", async () => {
    const { out, finish, notes, screen, target } = await started([], { isTTY: true });
    await out.writeAll("text");
    finish();
    expect([target.text(), notes, screen.text]).toEqual(["text", [], ""]);
  });
});

describe("what went through", () => {
  it("is said once, with the time that it took", async () => {
    const { out, finish, notes, screen } = await started(["--progress"]);
    await out.writeAll(new Uint8Array(3000));
    vi.advanceTimersByTime(1500);
    finish();
    expect(notes).toEqual(["3.0 kB in, 3.0 kB out, 1.5 s, 2.0 kB/s, waited 0.0 s for the target"]);
    expect(screen.text).toBe("");
  });

  it("has its own time, however long the process has been there", async () => {
    vi.advanceTimersByTime(60_000);
    const { finish, notes } = await started(["--progress"]);
    vi.advanceTimersByTime(2000);
    finish();
    expect(notes).toEqual(["0 B in, 0 B out, 2.0 s, 0 B/s, waited 0.0 s for the target"]);
  });
});

it("how long the target was waited for is said too", async () => {
  const { writer, reader } = pipe({ capacity: 1 });
  const { out, finish, notes } = await started(["--progress"], { destination: writer });
  const written = out.writeAll("two");
  vi.advanceTimersByTime(3000);
  expect(await Promise.all([written, out.close(), reader.text()])).toContain("two");
  finish();
  expect(notes).toEqual(["3 B in, 3 B out, 3.0 s, 1 B/s, waited 3.0 s for the target"]);
});

describe("on a terminal there is a line that moves", () => {
  it("with the share, if the size is known, and it is gone at the end", async () => {
    const { out, finish, screen } = await started(["--progress"], { isTTY: true, size: 4000 });
    expect(screen.text).toContain(HIDES_CURSOR);
    expect(screen.text).toContain("0 % | 0 B");
    await out.writeAll(new Uint8Array(1000));
    vi.advanceTimersByTime(200);
    expect(screen.text).toContain("25 % | 1.0 kB");
    await out.writeAll(new Uint8Array(3000));
    finish();
    expect(screen.text).toContain("100 % | 4.0 kB");
    expect(screen.text).toContain(SHOWS_CURSOR);
    expect(screen.text).not.toContain("\n");
    const { text } = screen;
    vi.advanceTimersByTime(10_000);
    expect([screen.text, vi.getTimerCount()]).toEqual([text, 0]);
  });

  it("without a share, if it is not", async () => {
    const { out, finish, screen, notes } = await started(["--progress"], { isTTY: true });
    await out.writeAll(new Uint8Array(1000));
    vi.advanceTimersByTime(200);
    finish();
    expect(screen.text).toContain("1.0 kB | ");
    expect(screen.text).not.toContain("%");
    expect(notes).toEqual([expect.stringMatching(/^1\.0 kB in, /)]);
  });

  it("but not for each of many connections", async () => {
    const words = ["--progress", "--many"];
    const { finish, screen, notes } = await started(words, { isTTY: true, size: 4000 });
    vi.advanceTimersByTime(200);
    finish();
    expect([screen.text, notes.length]).toEqual(["", 1]);
  });
});

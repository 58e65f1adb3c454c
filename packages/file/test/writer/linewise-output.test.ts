import { describe, expect, it } from "vitest";
import type { Descriptor } from "../../src/descriptor/descriptor.ts";
import { LinewiseOutput } from "../../src/writer/linewise-output.ts";
import { ManualOutput } from "../manual-output.ts";

/** What a pipe takes in one piece. */
const ATOMIC = 4096;
const FULL = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });

/** Lines that two of fit into one piece, and three do not. */
const LINE = `${"x".repeat(1999)}\n`;
const LONG = `${"y".repeat(5000)}\n`;

/** An output whose writes are seen one by one. */
class Pipe extends ManualOutput {
  readonly piecesNow: string[] = [];
  /** The number of the synchronous write that fails, and those after it. */
  failsAt = Infinity;

  override writeNow(bufs: readonly Uint8Array[]): number {
    if (this.piecesNow.length >= this.failsAt) throw FULL;
    const written = super.writeNow(bufs);
    this.piecesNow.push(String(Buffer.concat(bufs).subarray(0, written)));
    return written;
  }
}

function setUp() {
  const pipe = new Pipe();
  const output = new LinewiseOutput(pipe as unknown as Descriptor);
  const answers: unknown[] = [];
  const write = (...texts: string[]) => {
    const bufs = texts.map((text) => Buffer.from(text));
    output.write(bufs, (error) => void answers.push(error));
  };
  const writeNow = (...texts: string[]) => output.writeNow(texts.map((text) => Buffer.from(text)));
  return { pipe, output, answers, write, writeNow };
}

/** What is written, and in which pieces. */
const PIECES: [string, string[], string[]][] = [
  ["a line", ["one\n"], ["one\n"]],
  ["the start of one", ["one"], ["one"]],
  ["what fits exactly", ["x".repeat(ATOMIC)], ["x".repeat(ATOMIC)]],
  ["several buffers", ["one\n", "two\n"], ["one\ntwo\n"]],
  ["as many lines as fit", [LINE.repeat(3)], [LINE.repeat(2), LINE]],
  ["lines over several buffers", [LINE, LINE, LINE, "end"], [LINE.repeat(2), `${LINE}end`]],
  ["a line that is too long goes alone", [LINE + LONG + LINE], [LINE, LONG, LINE]],
  ["and so does one at the start", [LONG + LONG], [LONG, LONG]],
  ["one without an end", [LINE + "z".repeat(5000)], [LINE, "z".repeat(5000)]],
];

describe.each(PIECES)("%s", (_, texts, pieces) => {
  it("is written piece by piece", () => {
    const { pipe, answers, write } = setUp();
    write(...texts);
    for (let piece = 1; piece <= pieces.length; piece++) {
      expect([pipe.written, answers]).toEqual([pieces.slice(0, piece), []]);
      pipe.answer();
    }
    expect([pipe.written, answers, pipe.answers]).toEqual([pieces, [undefined], []]);
  });

  it("is written synchronously, piece by piece", () => {
    const { pipe, writeNow } = setUp();
    expect(writeNow(...texts)).toBe(pieces.join("").length);
    expect(pipe.piecesNow).toEqual(pieces);
  });
});

describe("a write that fails", () => {
  it("leaves what the pipe did not take, and what was to follow", () => {
    const { pipe, output, answers, write } = setUp();
    write(LINE.repeat(2), LINE, "end");
    pipe.answer();
    pipe.answer(FULL, 500);
    expect(answers).toEqual([FULL]);
    expect(String(Buffer.concat(output.unwritten))).toBe(`${LINE}end`.slice(500));
    expect(pipe.written).toHaveLength(2);
  });

  it("synchronously and at once is thrown; later it says how much was taken", () => {
    const first = setUp();
    first.pipe.failsAt = 0;
    expect(() => first.writeNow(LINE)).toThrow(FULL);
    const later = setUp();
    later.pipe.failsAt = 1;
    expect(later.writeNow(LINE.repeat(3))).toBe(2 * LINE.length);
  });

  it("synchronously after a short one goes on where that stopped", () => {
    const { pipe, writeNow } = setUp();
    pipe.max = 1500;
    expect(writeNow(LINE, "end")).toBe(LINE.length + 3);
    expect(pipe.writtenNow).toBe(`${LINE}end`);
  });
});

describe("settling", () => {
  it("writes what was to follow, synchronously and in its pieces", () => {
    const { pipe, output, answers, write } = setUp();
    write(LINE.repeat(5));
    output.settle();
    expect([pipe.calls, pipe.written]).toEqual([["settle"], [LINE.repeat(2)]]);
    expect(pipe.piecesNow).toEqual([LINE.repeat(2), LINE]);
    pipe.answer();
    expect([answers, pipe.written.length]).toEqual([[undefined], 1]);
  });

  it("of nothing writes nothing", () => {
    const { pipe, output } = setUp();
    output.settle();
    expect([pipe.calls, pipe.piecesNow]).toEqual([["settle"], []]);
  });

  it("that can't be is thrown, and the write goes on", () => {
    const { pipe, output, answers, write } = setUp();
    write(LINE.repeat(3));
    pipe.failures.settle = FULL;
    expect(() => output.settle()).toThrow(FULL);
    pipe.answer();
    pipe.answer();
    expect([pipe.written, answers]).toEqual([[LINE.repeat(2), LINE], [undefined]]);
  });
});

import { describe, expect, it } from "vitest";
import { SynchronousDestination } from "../../src/writer/synchronous-destination.ts";
import { ManualOutput } from "../manual-output.ts";

const FULL = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });

/** A destination over an output that the test works by hand. */
function setUp(longestLine?: number) {
  const output = new ManualOutput();
  const options = { label: "test", output, durability: "none", longestLine } as const;
  const destination = new SynchronousDestination(options);
  /** Returns how many bytes it took. */
  const transmit = (text: string) => destination.transmitNow(Buffer.from(text));
  /** Has what waits for the rest of its line written, as a flush does. */
  const commit = () => {
    destination.commit(() => {});
    return output.written.splice(0).join("");
  };
  return { output, transmit, commit };
}

it("bytes go to the output as far as that takes them", () => {
  const { output, transmit } = setUp();
  output.max = 12;
  expect(transmit("0123456789abcdef")).toBe(12);
  expect(output.writtenNow).toBe("0123456789ab");
});

describe("whole lines", () => {
  it.each<[string, string[], string]>([
    ["a line", ["line\n"], "line\n"],
    ["the start of the next one waits", ["one\ntwo\nnext"], "one\ntwo\n"],
    ["the start of one waits", ["start"], ""],
    ["a line in pieces is one", ["0123", "4567", "89\n"], "0123456789\n"],
    ["one that is too long goes on as it is", ["x".repeat(50), "y\n"], `${"x".repeat(50)}y\n`],
    ["and with what was kept of it", ["01234", "x".repeat(38)], `01234${"x".repeat(38)}`],
  ])("%s", (_, pieces, expected) => {
    const { output, transmit, commit } = setUp(40);
    // All is taken: what waits for its end, too.
    expect(pieces.map(transmit)).toEqual(pieces.map((piece) => piece.length));
    expect(output.writtenNow).toBe(expected);
    expect(commit()).toBe(pieces.join("").slice(expected.length));
  });

  it("by an output that takes little: what was kept comes first, and counts for no later bytes", () => {
    const { output, transmit, commit } = setUp(40);
    expect(transmit("0123456789")).toBe(10);
    output.max = 4;
    // Three short writes, the last of them with two bytes of these.
    expect(transmit("abcdef\nnext")).toBe(2);
    expect(output.writtenNow).toBe("0123456789ab");
    // Nothing is kept: what was not taken is handed over again.
    output.max = Infinity;
    expect(transmit("cdef\nnext")).toBe(9);
    expect(output.writtenNow).toBe("0123456789abcdef\n");
    expect(commit()).toBe("next");
  });

  it("by an output that takes exactly what was kept: it goes on to these bytes", () => {
    const { output, transmit } = setUp(40);
    transmit("0123456789");
    output.max = 10;
    expect(transmit("ab\n")).toBe(3);
    expect(output.writtenNow).toBe("0123456789ab\n");
  });

  it("that can't be written are a failure of what is written now", () => {
    const { output, transmit } = setUp(40);
    output.failures.write = FULL;
    expect(() => transmit("line\n")).toThrow(FULL);
  });
});

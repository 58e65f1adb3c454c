import { describe, expect, it } from "vitest";
import { Backlog } from "../../src/log/backlog.ts";

const MIB = 1024 * 1024;

/** A backlog of at most so many bytes, to which this was pushed, piece by piece. */
function filled(maxBytes: number, ...pieces: string[]): Backlog {
  const backlog = new Backlog(maxBytes);
  for (const piece of pieces) backlog.push(Buffer.from(piece));
  return backlog;
}

/** All that waits, written as a descriptor would. */
function drained(backlog: Backlog): string {
  let text = "";
  while (!backlog.isEmpty) {
    const piece = backlog.peek();
    text += String(piece);
    backlog.shift(piece.length);
  }
  return text;
}

describe("what there is room for", () => {
  it("waits, to the last byte, in order", () => {
    const backlog = filled(9, "one\n", "two\n3");
    expect([backlog.isEmpty, backlog.hasRoom(0), backlog.hasRoom(1)]).toEqual([false, true, false]);
    expect([drained(backlog), backlog.takeLost()]).toEqual(["one\ntwo\n3", 0]);
    expect([backlog.isEmpty, backlog.hasRoom(9), backlog.hasRoom(10)]).toEqual([true, true, false]);
  });

  it("is copied: the memory is used again", () => {
    const memory = Buffer.from("one\n");
    const backlog = new Backlog(100);
    backlog.push(memory);
    memory.fill("x");
    const rest = Buffer.from("zero\n");
    backlog.unshift([rest]);
    rest.fill("x");
    expect(drained(backlog)).toBe("zero\none\n");
  });

  it("grows as what waited is written", () => {
    const backlog = filled(8, "one\ntwo\n");
    backlog.shift(6);
    backlog.push(Buffer.from("three\n"));
    expect([drained(backlog), backlog.takeLost()]).toEqual(["o\nthree\n", 0]);
  });
});

describe("what there is no room for", () => {
  it.each([
    ["a line less", 11, "one\ntwo\n", 1],
    ["as many as fit to the byte", 12, "one\ntwo\nsix\n", 0],
    ["all, where none fits", 3, "", 3],
    ["all, without any room", 0, "", 3],
  ])("is lost in whole lines, and counted: %s", (_, maxBytes, kept, lost) => {
    const backlog = filled(maxBytes, "one\ntwo\nsix\n");
    expect([backlog.takeLost(), drained(backlog)]).toEqual([lost, kept]);
  });

  it("is counted once", () => {
    const backlog = filled(0, "one\n");
    expect([backlog.takeLost(), backlog.takeLost()]).toEqual([1, 0]);
  });

  it("takes the rest of its line along, which is counted with its end", () => {
    const backlog = filled(4, "one\n", "a li", "ne that", " ends\nsix\n");
    expect([backlog.takeLost(), drained(backlog)]).toEqual([2, "one\n"]);
    backlog.push(Buffer.from("new\n"));
    expect([backlog.takeLost(), drained(backlog)]).toEqual([0, "new\n"]);
  });

  it("does not take along what follows the end of its line", () => {
    const backlog = filled(4, "one\n", "begun");
    backlog.shift(4);
    backlog.push(Buffer.from(" here\nsix\n"));
    expect([backlog.takeLost(), drained(backlog)]).toEqual([1, "six\n"]);
  });

  it("takes no line along that comes after it", () => {
    const backlog = filled(8, "one\ntwo\nsix\n");
    expect(drained(backlog)).toBe("one\ntwo\n");
    backlog.push(Buffer.from("new\n"));
    expect([drained(backlog), backlog.takeLost()]).toEqual(["new\n", 1]);
  });

  it("counts empty lines as lines", () => {
    const backlog = filled(0, "begun", "rest\n\nx\n");
    expect(backlog.takeLost()).toBe(3);
  });

  it("nothing: it changes nothing", () => {
    const backlog = filled(4, "one\n", "begun", "", " here\n");
    expect([backlog.takeLost(), drained(backlog)]).toEqual([1, "one\n"]);
  });
});

describe("a line that has begun", () => {
  it("is kept to its end, beyond the limit, and what follows it is not", () => {
    const backlog = filled(6, "one\nbe", "gun\n", "lost\n");
    expect([backlog.takeLost(), drained(backlog)]).toEqual([1, "one\nbegun\n"]);
    const other = filled(6, "one\nbe", "gun\n");
    expect(drained(other)).toBe("one\nbegun\n");
    other.push(Buffer.from("new\n"));
    expect([drained(other), other.takeLost()]).toEqual(["new\n", 0]);
  });

  it("is kept to its end if its start was written already", () => {
    const backlog = new Backlog(0);
    backlog.unshift([Buffer.from("be")]);
    backlog.push(Buffer.from("gun\nlost\n"));
    expect([backlog.takeLost(), drained(backlog)]).toEqual([1, "begun\n"]);
  });

  it("is over where its end has come", () => {
    const backlog = new Backlog(0);
    backlog.unshift([Buffer.from("whole\n")]);
    backlog.push(Buffer.from("lost\n"));
    expect([backlog.takeLost(), drained(backlog)]).toEqual([1, "whole\n"]);
  });

  it("is as it was when more is put before it", () => {
    const backlog = filled(4, "one\n");
    backlog.unshift([Buffer.from("ze"), Buffer.alloc(0)]);
    backlog.push(Buffer.from("lost\n"));
    expect([backlog.takeLost(), drained(backlog)]).toEqual([1, "zeone\n"]);
  });

  it.each([
    ["at most 1 MiB more is kept", 0, 0],
    ["what is longer is cut off there, and counts as lost", 1, 1],
  ])("%s", (_, more, lost) => {
    const backlog = filled(10, "begun");
    const rest = `${"x".repeat(5 + MIB + more - 1)}\n`;
    backlog.push(Buffer.from(rest));
    expect(backlog.takeLost()).toBe(lost);
    expect(drained(backlog) === `begun${lost === 0 ? rest : "\n"}`).toBe(true);
  });

  it("that was cut off takes its further rest along", () => {
    const backlog = filled(10, "begun");
    backlog.push(Buffer.from("x".repeat(MIB + 6)));
    backlog.push(Buffer.from("rest\nnew\n"));
    expect([drained(backlog), backlog.takeLost()]).toEqual(["begun\nnew\n", 1]);
  });
});

describe("what a write has left", () => {
  it("comes first, and is never too much", () => {
    const backlog = filled(4, "two\n");
    backlog.unshift([Buffer.from("ze"), Buffer.from("ro\n"), Buffer.from("one\n")]);
    expect([backlog.hasRoom(0), backlog.takeLost()]).toEqual([false, 0]);
    backlog.push(Buffer.from("six\nseven\neight\n"));
    expect(backlog.takeLost()).toBe(3);
    expect(drained(backlog)).toBe("zero\none\ntwo\n");
  });

  it("may be nothing", () => {
    const backlog = new Backlog(0);
    backlog.unshift([Buffer.alloc(0)]);
    backlog.push(Buffer.from("lost\n"));
    expect([backlog.isEmpty, backlog.takeLost()]).toEqual([true, 1]);
  });
});

describe("what is written next", () => {
  it("is as many pieces as have 256 KiB", () => {
    const backlog = new Backlog(MIB);
    for (const length of [100_000, 100_000, 256 * 1024 - 200_000, 1]) {
      backlog.push(new Uint8Array(length));
    }
    expect(backlog.peek()).toHaveLength(256 * 1024);
    backlog.shift(1);
    expect(backlog.peek()).toHaveLength(256 * 1024);
    backlog.shift(256 * 1024);
    expect(backlog.isEmpty).toBe(true);
  });

  it("is one piece at least", () => {
    const backlog = new Backlog(MIB);
    for (const length of [300_000, 1]) backlog.push(new Uint8Array(length));
    expect(backlog.peek()).toHaveLength(300_000);
  });
});

describe("what is given up", () => {
  it.each([
    ["lines", ["one\n", "two\nsix\n"], 3],
    ["lines and the start of one", ["one\n", "be", "gun"], 2],
    ["nothing", [], 0],
  ])("is counted: %s", (_, pieces, lost) => {
    const backlog = filled(100, ...pieces);
    backlog.clear();
    expect([backlog.isEmpty, backlog.hasRoom(100), backlog.takeLost()]).toEqual([true, true, lost]);
  });

  it("does not take along what comes later", () => {
    const backlog = filled(4, "be");
    backlog.clear();
    backlog.push(Buffer.from("new\nlost\n"));
    expect([drained(backlog), backlog.takeLost()]).toEqual(["new\n", 2]);
  });

  it("counts a line whose start was lost before", () => {
    const backlog = filled(0, "begun");
    backlog.clear();
    expect(backlog.takeLost()).toBe(1);
  });
});

import { expect, it } from "vitest";
import { WholeLines } from "../../src/writer/whole-lines.ts";

const textOf = (bufs: readonly Uint8Array[]) => String(Buffer.concat(bufs));

/** What is written, what of it can go on at once, and how much waits. At most 10 bytes of a line are kept. */
it.each<[string[], string[], number]>([
  [["one\n"], ["one\n"], 0],
  [["one\ntw", "o\n"], ["one\n", "two\n"], 0],
  [["a", "b", "c\nd"], ["", "", "abc\n"], 1],
  [["0123456789"], [""], 10],
  [["01234", "56789"], ["", ""], 10],
  // Longer than what is kept: it goes on as it is, with what was kept before.
  [["0123456789a"], ["0123456789a"], 0],
  [["01234", "56789a", "b\n"], ["", "0123456789a", "b\n"], 0],
  // An end comes in time, however long it was.
  [["01234", "56789a\n"], ["", "0123456789a\n"], 0],
  [["", "\n"], ["", "\n"], 0],
])("of %j goes on %j", (given, expected, kept) => {
  const lines = new WholeLines(10);
  expect(given.map((text) => textOf(lines.take(Buffer.from(text))))).toEqual(expected);
  expect(lines.length).toBe(kept);
  const left = given.join("").slice(expected.join("").length);
  expect(textOf(lines.rest(Buffer.from("!")))).toBe(`${left}!`);
  expect([lines.length, lines.rest()]).toEqual([0, []]);
});

it("keeps a copy: the bytes are the caller's", () => {
  const lines = new WholeLines(10_000);
  const bytes = Buffer.alloc(3000, "a");
  lines.take(bytes);
  bytes.fill("b");
  lines.take(bytes);
  bytes.fill("c");
  expect(textOf(lines.rest())).toBe("a".repeat(3000) + "b".repeat(3000));
});

it("what was taken is not written over by what comes later", () => {
  const lines = new WholeLines(100);
  lines.take(Buffer.from("old"));
  const taken = lines.take(Buffer.from("\n"));
  lines.take(Buffer.from("new"));
  expect(textOf(taken)).toBe("old\n");
});

it("forgets", () => {
  const lines = new WholeLines(100);
  lines.take(Buffer.from("lost"));
  lines.forget();
  expect([lines.length, textOf(lines.take(Buffer.from("kept\n")))]).toEqual([0, "kept\n"]);
});

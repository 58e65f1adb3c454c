import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { LinkedList, type Linked } from "@aw/core/implementor";
import { describe, expect, it } from "vitest";

class Member implements Linked<Member> {
  readonly name: number;
  readonly payload: readonly number[];
  previous: Member | undefined;
  next: Member | undefined;

  constructor(name: number, size = 0) {
    this.name = name;
    this.payload = Array.from({ length: size }, () => name);
  }
}

function listOf(...members: Member[]): LinkedList<Member> {
  const list = new LinkedList<Member>();
  for (const member of members) list.add(member);
  return list;
}

function namesIn(list: LinkedList<Member>): number[] {
  return list.toArray().map(({ name }) => name);
}

const [a, b, c] = [1, 2, 3] as const;

describe("LinkedList", () => {
  it("gives its members in the order they came", () => {
    const list = listOf(new Member(a), new Member(b), new Member(c));
    expect(namesIn(list)).toEqual([a, b, c]);
    expect(list.first?.name).toBe(a);
    expect(list.size).toBe(3);
  });

  it.each([
    { leaves: "the first", index: 0, left: [b, c] },
    { leaves: "one in the middle", index: 1, left: [a, c] },
    { leaves: "the last", index: 2, left: [a, b] },
  ])("goes on without the one that leaves: $leaves", ({ index, left }) => {
    const members = [new Member(a), new Member(b), new Member(c)];
    const list = listOf(...members);
    const leaver = members[index] as Member;
    expect(list.delete(leaver)).toBe(true);
    expect(namesIn(list)).toEqual(left);
    expect(list.size).toBe(2);
    expect([leaver.previous, leaver.next]).toEqual([undefined, undefined]);
    const later = new Member(4);
    list.add(later);
    expect(namesIn(list)).toEqual([...left, 4]);
    expect(list.delete(later)).toBe(true);
    expect(namesIn(list)).toEqual(left);
  });

  it("says that one was not here, or is not any more", () => {
    const only = new Member(a);
    const list = listOf(only);
    expect(list.delete(new Member(b))).toBe(false);
    expect(list.delete(only)).toBe(true);
    expect(list.delete(only)).toBe(false);
    expect(list.size).toBe(0);
    expect(list.first).toBe(undefined);
    list.add(only);
    expect(namesIn(list)).toEqual([a]);
  });

  it("of long life keeps nothing of those that have left", () => {
    const list = new LinkedList<Member>();
    collectGarbage();
    collectGarbage();
    const before = oldBytes();
    const open: Member[] = [];
    for (let name = 0; name < COMING; name++) {
      const member = new Member(name, 128);
      list.add(member);
      open.push(member);
      if (open.length > 16) list.delete(open.shift() as Member);
      if (name % 100 === 0) collectGarbage({ type: "minor" });
    }
    // With a Set, all that ever came is among the old objects: four times as much as this.
    expect(oldBytes() - before).toBeLessThan((COMING * 1024) / 4);
  });
});

const COMING = 4000;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as (options?: { type: "minor" }) => void;

/** What only a full collection looks at. */
function oldBytes(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => name === "old_space")
    .reduce((sum, { space_used_size: size }) => sum + size, 0);
}

import type { TLSSocket } from "node:tls";
import { expect, it } from "vitest";
import type { Base } from "../src/base.ts";
import { onCut } from "../src/cut.ts";

function watched(): {
  base: { ended: boolean };
  tls: TLSSocket;
  cuts: () => number;
  pushed: unknown[];
} {
  const pushed: unknown[] = [];
  const tls = {
    push(...given: unknown[]) {
      pushed.push(...given);
      return this === tls && given[0] !== "full";
    },
  } as unknown as TLSSocket;
  const base = { ended: false };
  let count = 0;
  onCut(tls, base as Base, () => {
    count++;
  });
  return { base, tls, cuts: () => count, pushed };
}

it("an end before that of the stream below is one that the peer has sent", () => {
  const { tls, cuts } = watched();
  tls.push("data");
  tls.push(null);
  expect(cuts()).toBe(0);
});

it("an end together with that of the stream below is a cut", () => {
  const { base, tls, cuts } = watched();
  base.ended = true;
  // What was decrypted before it is no end.
  tls.push("data");
  expect(cuts()).toBe(0);
  tls.push(null);
  expect(cuts()).toBe(1);
});

it("what TLS pushes is passed on, and whether there is room for more", () => {
  const { tls, pushed } = watched();
  expect([tls.push("data", "latin1"), tls.push("full"), tls.push(null)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(pushed).toEqual(["data", "latin1", "full", undefined, null, undefined]);
});

import type { Duplex } from "node:stream";
import { expect, it } from "vitest";
import { readsOnAsUsual, readsOnByItself } from "../src/read-more.ts";

interface State {
  readingMore?: boolean | number;
}

const after = (act: (socket: Duplex) => void, state: State | undefined): State | undefined => {
  act({ _readableState: state } as unknown as Duplex);
  return state;
};

it("a socket that reads on by itself looks as if a tick were on its way", () => {
  expect(after(readsOnByItself, { readingMore: false })).toEqual({ readingMore: true });
  expect(after(readsOnByItself, { readingMore: true })).toEqual({ readingMore: true });
});

it("a socket that reads on as usual has a tick of its own again", () => {
  expect(after(readsOnAsUsual, { readingMore: true })).toEqual({ readingMore: false });
  expect(after(readsOnAsUsual, { readingMore: false })).toEqual({ readingMore: false });
});

it.each([undefined, {}, { readingMore: 1 }])(
  "a Node that has no such flag, or another, is left alone: %j",
  (state) => {
    const before = structuredClone(state);
    expect(after(readsOnByItself, state)).toEqual(before);
    expect(after(readsOnAsUsual, state)).toEqual(before);
  },
);

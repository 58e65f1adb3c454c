import { expect, it } from "vitest";
import { freeSent } from "../src/free-sent.ts";

it("frees the memory of each block that has one of its own", () => {
  const blocks = [new ArrayBuffer(8), new ArrayBuffer(16)];
  freeSent(blocks.map((block) => Buffer.from(block)));
  expect(blocks.map(({ byteLength }) => byteLength)).toEqual([0, 0]);
});

it("leaves alone what is a part of a larger block, or shared with another thread", () => {
  const block = new ArrayBuffer(8);
  const shared = new SharedArrayBuffer(8);
  freeSent([Buffer.from(block, 0, 7), Buffer.from(shared)]);
  expect([block.byteLength, shared.byteLength]).toEqual([8, 8]);
});

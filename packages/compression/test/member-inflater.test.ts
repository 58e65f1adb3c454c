import { expect, it } from "vitest";
import type { Coder } from "../src/coder.ts";
import { MemberInflater } from "../src/node/member-inflater.ts";

const LARGE = new Uint8Array(128 * 1024 + 1);
const SMALL = LARGE.subarray(1);

function setUp(): { inflater: MemberInflater; log: string[] } {
  const log: string[] = [];
  const coder = (name: string): Coder => {
    log.push(`make ${name}`);
    return {
      write: (block, done) => done(undefined, block.length),
      flush: (block, done) => done(undefined, block.length),
      finish: (done) => done(undefined, 0),
      resume: () => log.push(`resume ${name}`),
      restart: () => log.push(`restart ${name}`),
      destroy: () => log.push(`destroy ${name}`),
    };
  };
  const inflater = new MemberInflater(
    () => coder("own"),
    () => coder("reusable"),
  );
  return { inflater, log };
}

it("uses one coder for all members after small ones", () => {
  const { inflater, log } = setUp();
  for (let member = 0; member < 4; member++) {
    inflater.write(SMALL, () => {});
    inflater.restart();
  }
  inflater.resume();
  expect(log).toEqual([
    "make own",
    "destroy own",
    "make reusable",
    ...Array.from({ length: 3 }, () => "restart reusable"),
    "resume reusable",
  ]);
});

it("gives a member after a large one a coder of its own, and destroys every one", () => {
  const { inflater, log } = setUp();
  for (const pieces of [[SMALL], [SMALL, SMALL], [LARGE], [SMALL]]) {
    for (const piece of pieces) inflater.write(piece, () => {});
    inflater.restart();
  }
  inflater.destroy();
  expect(log).toEqual([
    "make own",
    "destroy own",
    "make reusable",
    "make own",
    "destroy own",
    "make own",
    "destroy own",
    "restart reusable",
    "destroy reusable",
  ]);
});

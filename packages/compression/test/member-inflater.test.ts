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
      flush(block, done) {
        log.push(`flush ${name}`);
        done(undefined, block.length);
      },
      finish(done) {
        log.push(`finish ${name}`);
        done(undefined, 0);
      },
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

it("destroys both coders if the last member has its own", () => {
  const { inflater, log } = setUp();
  inflater.write(SMALL, () => {});
  inflater.restart();
  inflater.write(LARGE, () => {});
  inflater.restart();
  log.length = 0;
  inflater.destroy();
  expect(log).toEqual(["destroy own", "destroy reusable"]);
});

it("passes on what is written, flushed and ended, and how that went", () => {
  const { inflater, log } = setUp();
  const answers: [failure: unknown, used: number][] = [];
  const done = (failure: unknown, used: number) => void answers.push([failure, used]);
  inflater.write(SMALL, done);
  inflater.flush(LARGE, done);
  inflater.finish(done);
  expect(answers).toEqual([
    [undefined, SMALL.length],
    [undefined, LARGE.length],
    [undefined, 0],
  ]);
  inflater.destroy();
  expect(log).toEqual(["make own", "flush own", "finish own", "destroy own"]);
});

import { PENDING, pollFn, type Writer } from "@aw/core";
import type { Payload } from "../../src/ways.ts";

export type Loop = (out: Writer, payload: Payload) => Promise<void>;

/** As people write it. */
export const awaited: Loop = async (out, { message, count }) => {
  for (let index = 0; index < count; index++) await out.writeAll(message);
};

/** As `write` and `drain` of Node, for where the `await` is most of the cost: it waits only when it has to. */
export const tried: Loop = async (out, { message, count }) => {
  for (let index = 0; index < count; index++) {
    const n = out.tryWrite(message);
    if (n < message.length) await out.writeAll(message.subarray(n));
  }
};

/** As a layer or an executor drives it. */
export const polled: Loop = ({ engine: out }, { message, count }) => {
  let written = 0;
  let rest = message;
  return pollFn((waker) => {
    for (let index = written; index < count; index++) {
      let n = out.pollWrite(waker, rest);
      while (n !== rest.length) {
        if (n === PENDING) {
          written = index;
          return PENDING;
        }
        rest = rest.subarray(n);
        n = out.pollWrite(waker, rest);
      }
      if (rest !== message) rest = message;
    }
  });
};

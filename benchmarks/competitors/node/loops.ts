import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Payload } from "../../src/ways.ts";

export type Loop = (out: Writable, payload: Payload) => Promise<void>;

/** As the documentation of `write` has it. */
export const drained: Loop = async (out, { message, count }) => {
  for (let index = 0; index < count; index++) {
    if (!out.write(message)) await once(out, "drain");
  }
};

/** Measured best: 64 KiB of small messages, and a few of the large ones. */
function batchOf(size: number): number {
  return Math.max(4, Math.min(1024, Math.floor((64 * 1024) / size)));
}

/** As the documentation of `cork` has it: a batch, then `uncork`, which writes it as one. */
export const corked: Loop = async (out, { message, count }) => {
  const batch = batchOf(message.length);
  for (let index = 0; index < count;) {
    const end = Math.min(count, index + batch);
    let room = true;
    out.cork();
    for (; index < end; index++) room = out.write(message);
    out.uncork();
    if (!room && out.writableNeedDrain) await once(out, "drain");
  }
};

import type { Payload } from "../../src/ways.ts";

/** What takes a message: undefined, or what to wait for before the next one. */
export interface Out {
  put(message: Uint8Array): Promise<void> | undefined;
}

export type Loop = (out: Out, payload: Payload) => Promise<void>;

const READY: Promise<void> = Promise.resolve();

/** Waits only when it has to, as a poll does. */
export const polled: Loop = async (out, { message, count }) => {
  for (let index = 0; index < count; index++) {
    const full = out.put(message);
    if (full !== undefined) await full;
  }
};

/** Waits for each message, for a promise that is there already where nothing has to be waited for. */
export const awaited: Loop = async (out, { message, count }) => {
  for (let index = 0; index < count; index++) await (out.put(message) ?? READY);
};

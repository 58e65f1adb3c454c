import type { Socket } from "node:net";
import { expect, it } from "vitest";
import { resetSocket } from "../src/reset-socket.ts";

const PEER = {
  remoteAddress: "127.0.0.1",
  writableEnded: false,
  writableFinished: false,
  writableLength: 0,
};

/** How a socket in this state is dropped. */
function dropped(state: Partial<typeof PEER> | { remoteAddress: undefined }): string[] {
  const calls: string[] = [];
  const socket = {
    ...PEER,
    ...state,
    destroy: () => calls.push("destroy"),
    resetAndDestroy: () => calls.push("reset"),
  };
  resetSocket(socket as unknown as Socket);
  return calls;
}

it.each([
  ["open", {}, "reset"],
  ["with bytes that wait before its end", { writableEnded: true, writableLength: 1 }, "reset"],
  ["whose end has left", { writableEnded: true, writableFinished: true }, "reset"],
  ["that sends its end now", { writableEnded: true }, "destroy"],
  ["without an address", { remoteAddress: undefined }, "destroy"],
])("a socket %s is dropped once, in a way that libuv does not refuse", (_name, state, how) => {
  expect(dropped(state)).toEqual([how]);
});

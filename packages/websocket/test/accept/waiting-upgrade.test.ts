import { Duplex, PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { WaitingUpgrade } from "../../src/accept/node/waiting-upgrade.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("keeps what comes too early, and makes the client wait then", async () => {
  const socket = new PassThrough();
  const waiting = new WaitingUpgrade(socket, Buffer.from("head "));
  socket.write("early ");
  await turn();
  expect(socket.isPaused()).toBe(true);
  socket.write("later");
  await turn();
  expect(waiting.release().toString()).toBe("head early ");
  expect([socket.listenerCount("data"), socket.listenerCount("end")]).toEqual([0, 0]);
  // The rest is for who has it now.
  expect(socket.read()?.toString()).toBe("later");
});

it("has nothing if nothing came", () => {
  const waiting = new WaitingUpgrade(new PassThrough(), Buffer.alloc(0));
  expect(waiting.release()).toHaveLength(0);
});

it("lets a client go that leaves", async () => {
  // As those of an HTTP server: it could still be answered.
  const socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  const waiting = new WaitingUpgrade(socket, Buffer.alloc(0));
  socket.push(null);
  await turn();
  expect(socket.destroyed).toBe(true);
  waiting.release();
});

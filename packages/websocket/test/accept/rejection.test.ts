import { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reject, type Rejection } from "../../src/accept/node/rejection.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A socket, and what goes over it. With `stuck` its peer reads nothing. */
function refused(rejection: Rejection, stuck = false) {
  let text = "";
  const socket = new Duplex({
    read: () => {},
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      if (!stuck) done();
    },
  });
  reject(socket, rejection);
  return { socket, text: () => text };
}

it("is a whole response, and the end", async () => {
  const { socket, text } = refused({ status: 404 });
  await turn();
  expect(text()).toBe(
    "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 9\r\n\r\nNot Found",
  );
  expect(socket.destroyed).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it("has body and headers of its own, counted in bytes", async () => {
  const { text } = refused({
    status: 599,
    body: "é",
    headers: { "Content-Type": "text/html", "X-Two\r\nX-Evil": "a\r\nSet-Cookie: b\n\nc" },
  });
  await turn();
  expect(text()).toBe(
    "HTTP/1.1 599 \r\nConnection: close\r\nContent-Type: text/html\r\nX-Two X-Evil: a Set-Cookie: b c\r\nContent-Length: 2\r\n\r\né",
  );
});

it("without a name of its status has an empty body", async () => {
  const { text } = refused({ status: 599 });
  await turn();
  expect(text()).toMatch(/Content-Length: 0\r\n\r\n$/);
});

it("is waited for 5 s by a peer that does not read it", async () => {
  const { socket } = refused({ status: 404 }, true);
  vi.advanceTimersByTime(4999);
  await turn();
  expect(socket.destroyed).toBe(false);
  vi.advanceTimersByTime(1);
  expect(socket.destroyed).toBe(true);
});

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect, listen, type UpgradeError } from "@aw/websocket";
import { describe, expect, it, vi } from "vitest";
import {
  after,
  bytesOf,
  failureOf,
  leavingNothing,
  portOf,
  rawServer,
  turn,
} from "../instruments.ts";
import { closeFrame, upgradeResponse } from "../raw-peer.ts";

const HEAD = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\n";
/** What a peer may send to play with a terminal or a log. */
const EVIL = "\u001B]0;owned\u0007\r\nINFO a line of its own \u009B2J\u202Etxt";
// oxlint-disable-next-line no-control-regex -- they are what it is about
const CONTROL = /[\u0000-\u001F\u007F-\u009F\u202E]/;

describe("a refusal", () => {
  it.each([
    ["never ends", `${HEAD}Content-Length: 100\r\n\r\ntoken expired`, false],
    ["is cut off", `${HEAD}Content-Length: 100\r\n\r\ntoken expired`, true],
    [
      "has no end that is told",
      `${HEAD}Transfer-Encoding: chunked\r\n\r\nd\r\ntoken expired\r\n`,
      false,
    ],
  ])(
    "is told with its status when its body %s",
    leavingNothing(async (_name, answer, cut) => {
      const { port } = await rawServer((socket) => {
        socket.once("data", () => {
          socket.write(answer, () => {
            if (cut) setImmediate(() => socket.resetAndDestroy());
          });
        });
      });
      const error = await failureOf(connect(`ws://127.0.0.1:${port}`));
      expect(error.code).toBe("ERR_AW_CONNECT");
      expect((error.cause as UpgradeError).status).toBe(401);
      if (!cut) expect((error.cause as UpgradeError).body).toBe("token expired");
    }),
  );

  it(
    "is told when the time is over before its body has come",
    leavingNothing(async () => {
      const { port } = await rawServer((socket) => {
        socket.once("data", () => socket.write(`${HEAD}Content-Length: 100\r\n\r\n`));
      });
      const error = await failureOf(connect(`ws://127.0.0.1:${port}`, { timeout: 200 }));
      expect((error.cause as UpgradeError).status).toBe(401);
    }),
  );

  it(
    "whose body is still to come is given up by the signal",
    leavingNothing(async () => {
      const { port } = await rawServer((socket) => {
        socket.once("data", () => socket.write(`${HEAD}Content-Length: 100\r\n\r\n`));
      });
      const controller = new AbortController();
      // In the turn after its head has come.
      const onHead = (): void => void setImmediate(() => controller.abort("no more"));
      subscribe("http.client.response.finish", onHead);
      after(() => unsubscribe("http.client.response.finish", onHead));
      const { signal } = controller;
      expect(await failureOf(connect(`ws://127.0.0.1:${port}`, { signal }))).toMatchObject({
        code: "ERR_AW_ABORTED",
        cause: "no more",
      });
    }),
  );

  it.each([
    ["", ""],
    ["no token", ": no token"],
    ["x".repeat(201), `: ${"x".repeat(200)}`],
  ])("quotes its body in the message, up to 200 characters: %s", async (body, quoted) => {
    const { port } = await rawServer((socket) => {
      socket.once("data", () =>
        socket.write(`${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`),
      );
    });
    // No timer is left that would keep the process.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    after(() => vi.useRealTimers());
    const error = await failureOf(connect(`ws://127.0.0.1:${port}`));
    expect(error.message).toBe(
      `connect websocket ws://127.0.0.1:${port}: the server answered the upgrade with 401${quoted}`,
    );
    expect((error.cause as UpgradeError).body).toBe(body);
    expect(vi.getTimerCount()).toBe(0);
  });

  it(
    "is told with all of a body that comes in pieces",
    leavingNothing(async () => {
      const body = "é".repeat(25_000);
      // An odd number of bytes: characters are cut, too.
      const pieces = Array.from({ length: 51 }, (_, index) =>
        Buffer.from(body).subarray(index * 999, (index + 1) * 999),
      );
      const { port } = await rawServer((socket) => {
        void once(socket, "data").then(async () => {
          socket.write(`${HEAD}Content-Length: 50000\r\n\r\n`);
          for (const piece of pieces) {
            await new Promise((resolve) => socket.write(piece, resolve));
            await turn();
          }
        });
      });
      const error = await failureOf(connect(`ws://127.0.0.1:${port}`));
      expect((error.cause as UpgradeError).body).toBe(body);
    }),
  );

  it("is told once 64 KiB of its body are here, although no more comes", async () => {
    const body = "x".repeat(64 * 1024);
    const { port } = await rawServer((socket) => {
      socket.once("data", () => socket.write(`${HEAD}\r\n${body}`));
    });
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    after(() => vi.useRealTimers());
    const error = await failureOf(connect(`ws://127.0.0.1:${port}`));
    expect((error.cause as UpgradeError).body).toBe(body);
  });

  it(
    "keeps 64 KiB of an endless body, and 200 characters of it in the message",
    leavingNothing(async () => {
      const { port } = await rawServer((socket) => {
        socket.once("data", () => {
          socket.write(`${HEAD}\r\n`);
          const more = (): void => {
            if (socket.writable) socket.write("x".repeat(10_000), more);
          };
          more();
        });
      });
      // It does not wait until its time is over.
      vi.useFakeTimers({ toFake: ["setTimeout"] });
      after(() => vi.useRealTimers());
      const error = await failureOf(connect(`ws://127.0.0.1:${port}`));
      expect((error.cause as UpgradeError).body).toBe("x".repeat(64 * 1024));
      expect(error.message.length).toBeLessThan(400);
    }),
  );

  it("shows no control characters of its body", async () => {
    const listener = await listen({ authorize: () => ({ status: 403, body: EVIL }) });
    after(() => listener.abort());
    const error = await failureOf(connect(`ws://127.0.0.1:${portOf(listener)}`));
    expect(error.message).toContain("INFO a line of its own");
    expect(error.message).not.toMatch(CONTROL);
    expect((error.cause as UpgradeError).body).toBe(EVIL);
  });
});

it("shows no control characters of a close", async () => {
  const { port } = await rawServer((socket) => {
    socket.once("data", (data) => {
      socket.write(upgradeResponse(data));
      socket.write(closeFrame(4000, EVIL, { masked: false }));
    });
  });
  const client = await connect(`ws://127.0.0.1:${port}`);
  const error = await failureOf(bytesOf(client.readable));
  expect(error.message).toContain("INFO a line of its own");
  expect(`${error.message}${(error.cause as Error).message}`).not.toMatch(CONTROL);
  expect(error.cause).toMatchObject({ closeCode: 4000, reason: EVIL });
});

describe("a URL with a secret", () => {
  it.each([
    "wss//user:s3cret@host/?token=s3cret",
    "ws://user:s3cret@ho st/",
    "ws://host/?token=s3cret#frag",
    "ftp://host/?token=s3cret",
    "ws://host:99999/?token=s3cret",
    "ws://user:s3cret@127.0.0.1:1/s3cret?token=s3cret",
    "ws://127.0.0.1:1/ws/s3cret",
  ])("gets into no message, name or cause: %s", async (url) => {
    const error = await failureOf(connect(url));
    for (let each: unknown = error; each instanceof Error; each = each.cause) {
      expect(`${each.stack}${JSON.stringify(each)}`).not.toContain("s3cret");
    }
  });

  it("gets into no name of a connection, on neither end", async () => {
    const listener = await listen();
    after(() => listener.abort());
    const client = await connect(`ws://127.0.0.1:${portOf(listener)}/s3cret?token=s3cret`);
    after(() => client.abort());
    for await (const server of listener) {
      expect(`${client} ${server} ${listener}`).not.toContain("s3cret");
      expect(server.request.url).toBe("/s3cret?token=s3cret");
      break;
    }
  });
});

import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { judge, Refusal, type JudgeOptions } from "../../src/accept/node/verdict.ts";

/** A request of a page from `origin`, or of no browser. */
function request(origin?: string): IncomingMessage {
  const headers = origin === undefined ? {} : { origin };
  return { headers, socket: { remoteAddress: "127.0.0.1", remotePort: 9 } } as IncomingMessage;
}

/** What the client gets and `onRefused` is called with; or what it was let in with. */
async function judged(options: JudgeOptions<unknown>, origin?: string) {
  const verdict = await judge(request(origin), options);
  if (!(verdict instanceof Refusal)) return verdict;
  const { code, message, cause } = verdict.error;
  expect(code).toBe("ERR_AW_CONNECT");
  return { ...verdict.answer, message, cause };
}

const REFUSED = "websocket: refused 127.0.0.1:9: ";

describe("the origin of a request", () => {
  const page = "https://app.example";
  const refused = {
    status: 403,
    body: "This origin may not connect here.",
    message: `${REFUSED}its origin https://evil.example is not allowed`,
  };

  it("is one of a list, or one that a function takes", async () => {
    for (const origins of [[page], (origin: string) => origin === page]) {
      expect(await judged({ origins }, page)).toEqual({ accept: undefined });
      expect(await judged({ origins }, "https://evil.example")).toMatchObject(refused);
    }
    expect(await judged({ origins: [] }, "https://evil.example")).toMatchObject(refused);
  });

  it("is not asked for without a list, or from who is no browser", async () => {
    expect(await judged({}, page)).toEqual({ accept: undefined });
    expect(await judged({ origins: [] })).toEqual({ accept: undefined });
  });

  it("is judged before authorize is asked, and shown without control characters", async () => {
    let asked = 0;
    const authorize = (): boolean => asked++ === 0;
    const { message } = (await judged({ origins: [], authorize }, "a\u0007b")) as {
      message: string;
    };
    expect(message).toContain("a\\u{7}b");
    expect(asked).toBe(0);
  });
});

describe("the answer of authorize", () => {
  it.each([
    [true, { accept: undefined }],
    [{ accept: 5 }, { accept: 5 }],
    [{ accept: undefined }, { accept: undefined }],
    [false, { status: 401, message: `${REFUSED}authorize answered 401` }],
    [
      { status: 418, body: "tea", headers: { a: "b" } },
      {
        status: 418,
        body: "tea",
        headers: { a: "b" },
        message: `${REFUSED}authorize answered 418`,
      },
    ],
    [{ status: 400 }, { status: 400 }],
    [{ status: 599 }, { status: 599 }],
  ])("%j is %j, at once or later", async (answer, expected) => {
    for (const authorize of [() => answer, () => Promise.resolve(answer)]) {
      expect(await judged({ authorize })).toMatchObject(expected);
    }
  });

  it.each([
    [undefined, "undefined"],
    [null, "undefined"],
    ["no", "undefined"],
    [{}, "undefined"],
    [{ status: 200 }, "200"],
    [{ status: 399 }, "399"],
    [{ status: 600 }, "600"],
    [{ status: 401.5 }, "401.5"],
    [{ status: "403" }, "403"],
  ])("%j is none: 500, and says so", async (answer, status) => {
    const verdict = await judged({ authorize: () => answer as never });
    expect(verdict).toMatchObject({
      status: 500,
      message: `${REFUSED}authorize failed`,
      cause: {
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringMatching(new RegExp(`got the status ${status}$`)),
      },
    });
  });

  it("that fails is 500, with why for the server alone", async () => {
    const cause = new Error("no database");
    for (const authorize of [
      () => Promise.reject(cause),
      () => {
        throw cause;
      },
    ]) {
      const verdict = await judged({ authorize });
      expect(verdict).toEqual({ status: 500, message: `${REFUSED}authorize failed`, cause });
    }
  });
});

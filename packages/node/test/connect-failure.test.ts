import { describe, expect, it } from "vitest";
import { connectFailure } from "../src/connect-failure.ts";

const failed = (code: string, message = "as Node says it"): Error =>
  Object.assign(new Error(message), { code });

describe("why there is no connection", () => {
  it.each([
    ["ECONNREFUSED", "refused; is the server running?"],
    ["ENOTFOUND", "the host name can't be resolved; is it spelled right?"],
    ["EMFILE", "no descriptor is free; close connections, or raise the limit (ulimit -n)"],
  ])("is said with what to do about it: %s", (code, remedy) => {
    const cause = failed(code);
    expect(connectFailure("tcp a:1", cause)).toMatchObject({
      code: "ERR_AW_CONNECT",
      message: `connect tcp a:1: ${remedy}`,
      cause,
    });
  });

  it("is a timeout, if the system says so", () => {
    expect(connectFailure("tcp a:1", failed("ETIMEDOUT"))).toMatchObject({
      code: "ERR_AW_TIMEOUT",
      message: "connect tcp a:1: no answer; is the host reachable?",
    });
  });

  it("is Node's message where nothing better is known, fit for a terminal", () => {
    const { message } = connectFailure("tcp a:1", failed("EWHAT", "what \u001B[2J"));
    expect(message).toBe("connect tcp a:1: what \\u001b[2J");
    expect(connectFailure("tcp a:1", new Error("no code")).message).toBe(
      "connect tcp a:1: no code",
    );
  });
});

describe("several addresses that failed", () => {
  it.each([
    [["ECONNREFUSED", "ENETUNREACH"], "refused"],
    [["ENETUNREACH", "ECONNREFUSED"], "refused"],
    [["ETIMEDOUT", "EHOSTUNREACH"], "the host is unreachable"],
    [["ECONNREFUSED", "ECONNRESET"], "reset by the peer"],
  ])("say what says most about the target: %j", (codes, words) => {
    const cause = new AggregateError(codes.map((code) => failed(code)));
    expect(connectFailure("tcp a:1", cause)).toMatchObject({
      message: expect.stringContaining(words) as string,
      cause,
    });
  });

  it("say what is known of an aggregate without errors", () => {
    expect(connectFailure("tcp a:1", new AggregateError([], "none")).message).toBe(
      "connect tcp a:1: none",
    );
  });
});

import { describe, expect, it } from "vitest";
import { choose, HALF_CLOSE, offers, parseProtocol } from "../../src/link/half-close.ts";

const CHAT = `chat+${HALF_CLOSE}`;

describe("the half-close as a subprotocol", () => {
  it("is offered with each of the user's, and alone without one", () => {
    expect(offers([], false)).toEqual([]);
    expect(offers(["chat", "log"], false)).toEqual(["chat", "log"]);
    expect(offers([], true)).toEqual([HALF_CLOSE]);
    expect(offers(["chat", "log"], true)).toEqual([CHAT, "chat", `log+${HALF_CLOSE}`, "log"]);
  });

  it("is taken apart from the user's part", () => {
    expect(parseProtocol(HALF_CLOSE)).toEqual({ protocol: "", halfClose: true });
    expect(parseProtocol(CHAT)).toEqual({ protocol: "chat", halfClose: true });
    expect(parseProtocol("chat")).toEqual({ protocol: "chat", halfClose: false });
    expect(parseProtocol("")).toEqual({ protocol: "", halfClose: false });
    // What only begins like it is somebody else's.
    const begins = `+${HALF_CLOSE}.v2`;
    expect(parseProtocol(begins)).toEqual({ protocol: begins, halfClose: false });
  });

  it("is answered by a server that takes it, with the first offer that it knows", () => {
    expect(choose([CHAT, "chat"], ["chat"], true)).toBe(CHAT);
    expect(choose([CHAT, "chat"], ["chat"], false)).toBe("chat");
    expect(choose([HALF_CLOSE], [], true)).toBe(HALF_CLOSE);
    expect(choose([HALF_CLOSE], [], false)).toBeUndefined();
    expect(choose(["log", "chat"], ["chat"], true)).toBe("chat");
    expect(choose(["log"], ["chat"], true)).toBeUndefined();
    expect(choose([], ["chat"], true)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { checkDrop, closeProblem } from "../../src/link/close-code.ts";
import { closeError, isNormal, WebSocketCloseError } from "../../src/link/close-error.ts";

describe("the error of a close code", () => {
  it.each([
    [1000, "ERR_AW_BROKEN_PIPE", "connect again"],
    [1001, "ERR_AW_CONNECTION_RESET", "going away"],
    [1002, "ERR_AW_PROTOCOL", undefined],
    [1003, "ERR_AW_PROTOCOL", undefined],
    [1005, "ERR_AW_BROKEN_PIPE", "connect again"],
    [1006, "ERR_AW_CONNECTION_RESET", "cut off"],
    [1007, "ERR_AW_PROTOCOL", undefined],
    [1008, "ERR_AW_CONNECTION_RESET", "does not allow"],
    [1009, "ERR_AW_LIMIT", "maxMessageBytes"],
    [1012, "ERR_AW_CONNECTION_RESET", "restarts"],
    [4321, "ERR_AW_CONNECTION_RESET", undefined],
  ])("%d is %s", (code, expected, remedy) => {
    const error = closeError("websocket test", { code, reason: "" });
    const said = `websocket test: WebSocket closed with code ${code}`;
    expect(error.code).toBe(expected);
    if (remedy === undefined) expect(error.message).toBe(said);
    else expect(error.message).toMatch(new RegExp(`^${said} \\(.*${remedy}.*\\)$`));
    expect(error.cause).toMatchObject({ closeCode: code, reason: "" });
  });

  it("has what the peer said, with control characters escaped in the message alone", () => {
    const error = new WebSocketCloseError({ code: 4000, reason: "no\u0007tea" });
    expect(error.message).toBe("WebSocket closed with code 4000: no\\u{7}tea");
    expect([error.name, error.reason]).toEqual(["WebSocketCloseError", "no\u0007tea"]);
  });

  it("tells a good end from others", () => {
    const good = [1000, 1001, 1005, 1006, 4000].filter((code) => isNormal({ code, reason: "" }));
    expect(good).toEqual([1000, 1005]);
  });
});

describe("a close code", () => {
  it("is one of those that may be sent", () => {
    const codes = [999, 1000, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 2999, 3000, 4999, 5000];
    const allowed = codes.filter((code) => closeProblem(code, "") === undefined);
    expect(allowed).toEqual([1000, 1003, 1007, 1014, 3000, 4999]);
    expect(closeProblem(1000.5, "")).toContain("1000.5");
  });

  it("has a reason of at most 123 bytes", () => {
    expect(closeProblem(1000, "x".repeat(123))).toBeUndefined();
    expect(closeProblem(1000, "x".repeat(124))).toContain("123 bytes");
    expect(closeProblem(1000, "é".repeat(62))).toContain("123 bytes");
  });

  it("of a drop is no orderly end", () => {
    const refused = { code: "ERR_AW_INVALID_ARGUMENT" };
    expect(() => checkDrop("test", 1000, "")).toThrow(
      expect.objectContaining({ ...refused, message: "test: 1000 is an orderly end; use close()" }),
    );
    expect(() => checkDrop("test", 1005, "")).toThrow(expect.objectContaining(refused));
    expect(() => checkDrop("test", 1001, "x".repeat(124))).toThrow(
      expect.objectContaining(refused),
    );
    checkDrop("test", 1001, "bye");
  });
});

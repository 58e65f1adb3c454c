import { AsyncWriteError } from "@aw/core";
import { describe, expect, it } from "vitest";
import { printable } from "../../src/link/printable.ts";
import { parseTarget, targetOf } from "../../src/link/target.ts";
import { handshakeError, wsError } from "../../src/link/node/ws-error.ts";

const failing = (message: string, code?: string): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe("what ws finds wrong with an open connection", () => {
  it.each([
    ["Z_DATA_ERROR", "ERR_AW_CORRUPT", "a compressed message that is damaged: b\\u{7}d"],
    ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "ERR_AW_LIMIT", "a message beyond maxPayload"],
    ["WS_ERR_TOO_MANY_BUFFERED_PARTS", "ERR_AW_LIMIT", "in more than 131072 fragments"],
    ["WS_ERR_INVALID_OPCODE", "ERR_AW_PROTOCOL", "broke the WebSocket protocol: b\\u{7}d"],
    ["ECONNRESET", "ERR_AW_CONNECTION_RESET", ""],
    ["EPIPE", "ERR_AW_BROKEN_PIPE", ""],
  ])("%s is %s", (code, expected, text) => {
    const cause = failing("b\u0007d", code);
    const error = wsError("websocket test", cause);
    expect(error).toMatchObject({ code: expected, cause });
    expect(error.message).toMatch(/^websocket test: /);
    expect(error.message).toContain(text);
  });

  it("without a code is what it is", () => {
    expect(wsError("websocket test", failing("odd"))).toMatchObject({ code: "ERR_AW_IO" });
  });
});

describe("why a client did not come to be a WebSocket", () => {
  it.each([
    ["WS_ERR_INVALID_OPCODE", "x", "ERR_AW_PROTOCOL", "broke the WebSocket protocol"],
    [undefined, "Unexpected server response: 200", "ERR_AW_CONNECT", "refused: Unexpected"],
    [undefined, "Invalid Upgrade header", "ERR_AW_PROTOCOL", "not a WebSocket handshake: Invalid"],
    ["HPE_INVALID_CONSTANT", "Parse Error", "ERR_AW_PROTOCOL", "not a WebSocket handshake: Parse"],
    ["CERT_HAS_EXPIRED", "expired", "ERR_AW_TLS", "TLS failed: expired"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "leaf", "ERR_AW_TLS", "TLS failed"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "self", "ERR_AW_TLS", "TLS failed"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "name", "ERR_AW_TLS", "TLS failed"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "version", "ERR_AW_TLS", "TLS failed"],
    ["ETIMEDOUT", "late", "ERR_AW_TIMEOUT", ""],
    ["ECONNREFUSED", "no", "ERR_AW_CONNECT", "refused; is the server running?"],
    ["EHOSTUNREACH", "no \u0007 way", "ERR_AW_CONNECT", "no \\u{7} way"],
    // Only how a code begins says that it is one of TLS.
    ["MY_ERR_TLS_", "mine", "ERR_AW_CONNECT", "mine"],
  ])("%s, %j is %s", (code, text, expected, said) => {
    const cause = failing(text, code);
    const error = handshakeError("connect x", cause);
    expect(error).toBeInstanceOf(AsyncWriteError);
    expect(error).toMatchObject({ code: expected, cause });
    expect(error.message).toMatch(/^connect x: /);
    expect(error.message).toContain(said);
  });
});

describe("the target of a connection", () => {
  it("is called by scheme and host alone", () => {
    const url = "wss://user:secret@host.example:8443/token/in/path?and=query";
    expect(targetOf(new URL(url))).toBe("wss://host.example:8443");
  });

  it.each(["ws:", "wss:", "http:", "https:"])("begins with %s", (scheme) => {
    expect(parseTarget(`${scheme}//a.example/x`).href).toBe(`${scheme}//a.example/x`);
  });

  it("may be relative to a page, and is a URL otherwise", () => {
    expect(parseTarget("/x", "https://a.example/y").href).toBe("https://a.example/x");
    expect(parseTarget(new URL("ws://a.example")).href).toBe("ws://a.example/");
  });

  it.each([
    ["/secret", "the URL is not valid; it is not shown here"],
    ["ftp://secret", "must begin with ws:, wss:, http: or https:, got ftp:"],
    ["ws://secret/#x", "must not have a #fragment"],
  ])("is not %s", (url, message) => {
    let error: unknown;
    try {
      parseTarget(url);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringContaining(message),
    });
    expect((error as Error).message).not.toContain("secret");
  });
});

it("text of a peer is printed without what moves a terminal or hides itself", () => {
  expect(printable("plain é ✓ \u{1f600}")).toBe("plain é ✓ \u{1f600}");
  expect(printable("a\u001b[31m\r\nb\u202ec\u2028d\u2029\u200b")).toBe(
    "a\\u{1b}[31m\\u{d}\\u{a}b\\u{202e}c\\u{2028}d\\u{2029}\\u{200b}",
  );
});

import { AsyncWriteError } from "@aw/core";
import { describe, expect, it } from "vitest";
import { tlsError, untrustedPeer } from "../src/tls-error.ts";

const failed = (message: string, code: string, more: object = {}): AsyncWriteError =>
  tlsError(
    Object.assign(new Error(message), { code, ...more }),
    "tls handshake with x",
  ) as AsyncWriteError;

describe("alerts by their names before and since OpenSSL 3.2", () => {
  it.each([
    ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "wants a certificate"],
    ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", "wants a certificate"],
    ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "does not accept our certificate"],
    ["ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED", "our certificate has expired"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "demands a client certificate"],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "does not know the authority"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "no TLS version in common"],
    ["ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "no ALPN protocol in common"],
  ])("%s: %s", (code, words) => {
    expect(failed("nonsense", code)).toMatchObject({
      code: "ERR_AW_TLS",
      message: expect.stringContaining(words),
    });
  });
});

it("an EPROTO of a write is a failure of TLS, with OpenSSL's reason in words", () => {
  const message =
    "write EPROTO 80B0:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:../ssl/rec_layer_s3.c:916:SSL alert number 40\n";
  expect(failed(message, "EPROTO")).toMatchObject({
    code: "ERR_AW_TLS",
    message: "tls handshake with x: the peer found nothing in common, or wants a certificate",
  });
  expect(failed("write EPROTO", "EPROTO")).toMatchObject({ code: "ERR_AW_TLS" });
});

it("names in a certificate can't talk to a terminal", () => {
  const reason = "is not in the cert's altnames: DNS:\u001b]0;owned\u0007\r\n\u202eexample";
  const { message } = failed("", "ERR_TLS_CERT_ALTNAME_INVALID", { reason });
  expect(message).toContain(String.raw`DNS:\u001b]0;owned\u0007\u000d\u000a\u202eexample`);
});

it("what is no failure of TLS keeps its own code", () => {
  const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  expect(tlsError(reset, "x")).toBe(reset);
});

it.each([undefined, "text", { code: "ERR_SSL_X" }, new AsyncWriteError("ERR_AW_TIMEOUT", "late")])(
  "what is no error of Node comes back as it is: %s",
  (error) => {
    expect(tlsError(error, "x")).toBe(error);
  },
);

it.each([
  ["CERT_HAS_EXPIRED", "the certificate has expired"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "the peer does not speak TLS; is it the right port?"],
  ["UNABLE_TO_SOMETHING", "as Node says it"],
  ["SELF_SIGNED_SOMETHING", "as Node says it"],
  ["DEPTH_ZERO_SOMETHING", "as Node says it"],
  ["CRL_SOMETHING", "as Node says it"],
  ["INVALID_SOMETHING", "as Node says it"],
  ["ERR_TLS_SOMETHING", "as Node says it"],
  ["HOSTNAME_MISMATCH", "as Node says it"],
  ["ERR_SSL_TLSV1_ALERT_SOMETHING_NEW", "as Node says it"],
  ["ERR_SSL_NO_ALERT_UNKNOWN_CA", "as Node says it"],
])("is said in words, or in Node's: %s", (code, words) => {
  const failure = failed("as Node says it", code);
  expect(failure).toMatchObject({
    code: "ERR_AW_TLS",
    message: `tls handshake with x: ${words}`,
    cause: { code },
  });
});

it("OpenSSL's reason goes before the message around it", () => {
  expect(failed("error:0A0000C1:SSL", "ERR_SSL_ODD", { reason: "odd" }).message).toBe(
    "tls handshake with x: odd",
  );
});

it("a peer that is not trusted is told by the code of its chain", () => {
  expect(untrustedPeer("SELF_SIGNED_CERT_IN_CHAIN", "tls x")).toMatchObject({
    code: "ERR_AW_TLS",
    message: expect.stringMatching(/^tls x: the chain ends in an unknown authority/) as string,
    cause: { code: "SELF_SIGNED_CERT_IN_CHAIN" },
  });
  expect(untrustedPeer("ODD", "tls x").message).toBe(
    "tls x: the peer's certificate is not trusted (ODD)",
  );
});

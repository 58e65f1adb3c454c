import { checkOptions } from "@aw/core/implementor";
import { describe, expect, it } from "vitest";
import {
  checkCredentials,
  checkVersions,
  CLIENT_OPTIONS,
  CREDENTIALS,
  SERVER_OPTIONS,
} from "../src/options.ts";

const refused = (words: string): unknown =>
  expect.objectContaining({
    code: "ERR_AW_INVALID_ARGUMENT",
    message: expect.stringContaining(words) as string,
  });

describe("the options of TLS", () => {
  it.each([
    { servername: "a.example", minVersion: "TLSv1.3", maxVersion: "TLSv1.2" },
    { handshakeTimeout: 1, requireCloseNotify: false, rejectUnauthorized: false },
    { ca: "", ciphers: "", sigalgs: "", ecdhCurve: "", passphrase: "", honorCipherOrder: true },
    { keylog() {}, onSession() {}, checkServerIdentity() {}, session: Buffer.alloc(1) },
  ] as const)("of a client can be %j", (options) => {
    expect(() => checkOptions("tls client", options as object, CLIENT_OPTIONS)).not.toThrow();
  });

  it.each([
    { hosts: {} },
    { hosts: { "a.example": { cert: "" } } },
    { requestCert: true, ticketKeys: Buffer.alloc(48) },
  ])("of a server can be %j", (options) => {
    expect(() => checkOptions("tls server", options, SERVER_OPTIONS)).not.toThrow();
  });

  it.each([
    ["hosts", [[], null, "a.example", { "a.example": null }, { "a.example": [] }, { a: {}, b: 5 }]],
    ["minVersion", ["TLSv1", "SSLv3", 1.2]],
    ["handshakeTimeout", [0, -1, 0.5, Infinity]],
    ["requestCert", [1, "yes"]],
    ["keylog", ["keys.log"]],
  ] as const)("of a server can't be: %s", (name, values) => {
    for (const value of values) {
      expect(() => checkOptions("tls server", { [name]: value }, SERVER_OPTIONS)).toThrow(
        refused(`tls server: ${name}`),
      );
    }
  });

  it("that replace credentials are credentials only", () => {
    const more: object = { requestCert: true };
    expect(() => checkOptions("tls reload", { cert: "", hosts: {} }, CREDENTIALS)).not.toThrow();
    expect(() => checkOptions("tls reload", more, CREDENTIALS)).toThrow(refused("requestCert"));
  });
});

describe("versions", () => {
  it("leave at least one to speak", () => {
    const check = (minVersion?: "TLSv1.2" | "TLSv1.3", maxVersion?: "TLSv1.2" | "TLSv1.3") => () =>
      checkVersions("tls", { minVersion, maxVersion });
    expect(check("TLSv1.3", "TLSv1.2")).toThrow(refused("minVersion TLSv1.3 is above"));
    for (const fine of [
      check(),
      check("TLSv1.3"),
      check(undefined, "TLSv1.2"),
      check("TLSv1.2", "TLSv1.2"),
      check("TLSv1.3", "TLSv1.3"),
      check("TLSv1.2", "TLSv1.3"),
    ]) {
      expect(fine).not.toThrow();
    }
  });
});

describe("the credentials of a server", () => {
  it.each([
    { cert: "c", key: "k" },
    { pfx: "p" },
    { hosts: { "a.example": {} } },
    { cert: "c", key: "k", hosts: {} },
  ])("can be %j", (credentials) => {
    expect(() => checkCredentials("tls", credentials)).not.toThrow();
  });

  it.each([
    [{}, "a server needs"],
    [{ hosts: {} }, "a server needs"],
    [{ cert: "c" }, "together"],
    [{ key: "k" }, "together"],
    [{ cert: "c", pfx: "p" }, "together"],
  ])("can't be %j", (credentials, words) => {
    expect(() => checkCredentials("tls", credentials)).toThrow(refused(words));
  });
});

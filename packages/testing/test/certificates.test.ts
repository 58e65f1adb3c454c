import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { Authority, selfSigned } from "@aw/testing";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";

const folder = temporaryFolder();

it("a self-signed certificate is for all its names, and goes with its key", async () => {
  const { cert, key } = await selfSigned("localhost", "127.0.0.1", "::1");
  const read = new X509Certificate(cert);
  expect(read.checkHost("localhost")).toBe("localhost");
  expect(read.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(read.checkIP("::1")).toBe("::1");
  expect(() => createSecureContext({ cert, key })).not.toThrow();
});

it("openssl, which made none of them, trusts them as far as it should", async () => {
  const authority = await Authority.create();
  const stranger = await Authority.create();
  try {
    await authority.issue("good", ["localhost"]);
    await authority.issue("old", ["localhost"], -1);
    await stranger.issue("other", ["localhost"]);
    const { cert } = await selfSigned("localhost");
    writeFileSync(folder.at("self.pem"), cert);
    const verify = (trusted: string, path: string): string =>
      execFileSync("openssl", ["verify", "-x509_strict", "-CAfile", trusted, path], {
        stdio: "pipe",
        encoding: "utf8",
      });
    expect(verify(authority.path("ca.pem"), authority.path("good.pem"))).toContain("OK");
    expect(verify(folder.at("self.pem"), folder.at("self.pem"))).toContain("OK");
    expect(() => verify(authority.path("ca.pem"), authority.path("old.pem"))).toThrow(/expired/);
    expect(() => verify(authority.path("ca.pem"), stranger.path("other.pem"))).toThrow(/issuer/);
  } finally {
    authority.remove();
    stranger.remove();
  }
});

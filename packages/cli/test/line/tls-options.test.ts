import { writeFileSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/commands.ts";
import { parseCommandLine } from "../../src/line/arguments.ts";
import { clientTls, serverTls } from "../../src/line/tls-options.ts";

const folder = temporaryFolder();
const ofClient = (...words: string[]) => clientTls(parseCommandLine(COMMANDS.send.options, words));
const ofServer = (...words: string[]) => serverTls(parseCommandLine(COMMANDS.recv.options, words));

/** Options with files that hold their own names. */
function files(...names: string[]): string[] {
  return names.map((name) => {
    writeFileSync(folder.at(name), name);
    return `--${name}=${folder.at(name)}`;
  });
}

describe("the end that connects", () => {
  it("trusts whom the system trusts, unless it is told otherwise", async () => {
    expect(await ofClient()).toEqual({ rejectUnauthorized: true });
    expect(await ofClient("--insecure")).toEqual({ rejectUnauthorized: false });
    expect(await ofClient("--servername=example", ...files("ca"))).toEqual({
      rejectUnauthorized: true,
      servername: "example",
      ca: Buffer.from("ca"),
    });
  });

  it("has a certificate with its key, or none", async () => {
    expect(await ofClient(...files("cert", "key"))).toMatchObject({
      cert: Buffer.from("cert"),
      key: Buffer.from("key"),
    });
    for (const name of ["cert", "key"]) {
      await expect(ofClient(...files(name))).rejects.toThrow("--cert and --key go together");
    }
  });
});

it("the end that is connected to demands a certificate only with --ca", async () => {
  const pair = files("cert", "key");
  expect(await ofServer(...pair)).toMatchObject({ requestCert: false });
  expect(await ofServer(...pair, ...files("ca"))).toMatchObject({ requestCert: true });
  await expect(ofServer(...files("ca"))).rejects.toThrow("TLS needs --cert and --key to listen");
});

it("a file that can't be read is said with its option", async () => {
  await expect(ofClient(`--ca=${folder.at("none")}`)).rejects.toMatchObject({
    code: "ERR_AW_IO",
    message: expect.stringMatching(/^--ca: .*ENOENT/) as string,
  });
});

describe("names of protocols", () => {
  const LONGEST = "x".repeat(255);

  it("have 1 to 255 bytes", async () => {
    const { ALPNProtocols } = await ofClient(`--alpn=h,http/1.1,${LONGEST}`);
    expect(ALPNProtocols).toEqual(["h", "http/1.1", LONGEST]);
  });

  it.each([",", "h2,", `${LONGEST}x`, "ä".repeat(128)])("not as in %s", async (names) => {
    await expect(ofClient(`--alpn=${names}`)).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
  });
});

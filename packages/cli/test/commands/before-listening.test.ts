import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { run, start } from "../aw.ts";
import { certificate } from "../certificate.ts";
import { temporaryFolder } from "@aw/testing/vitest";

const folder = temporaryFolder();
const recv = (...args: string[]) => run(["recv", "tcp://127.0.0.1:0", ...args]);

describe("what cannot work is refused before anybody can connect", () => {
  const cases: readonly [name: string, args: () => string[], says: string][] = [
    ["a folder that is missing", () => ["-o", folder.at("none/out")], "ENOENT"],
    ["a folder as the output", () => ["-o", folder.path], "EISDIR"],
    ["an atomic output in no folder", () => ["-o", folder.at("none/out"), "--atomic"], "ENOENT"],
    ["an atomic device", () => ["-o", "/dev/null", "--atomic"], "ERR_AW_UNSUPPORTED"],
    ["many in no folder", () => ["-o", folder.at("none/{n}"), "--many"], "ENOENT"],
    ["many in a file", () => ["-o", "/dev/null/{n}", "--many"], "ENOTDIR"],
    ["many over a folder", () => ["-o", folder.at("{n}"), "--many"], "is a folder"],
  ];
  it.each(cases)("%s", async (_name, args, says) => {
    mkdirSync(folder.at("1"));
    const { code, stderr } = await recv(...args());
    expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
    expect(stderr).not.toContain("listening");
    expect(readdirSync(folder.path)).toEqual(["1"]);
  });
});

describe("an output is as it was until something comes", () => {
  it("and emptied then", async () => {
    writeFileSync(folder.at("out"), "what was there before, and is longer");
    const receiver = start(["recv", "tcp://127.0.0.1:0", "-o", folder.at("out")]);
    const where = await receiver.listening();
    expect(readFileSync(folder.at("out"), "utf8")).toContain("before");
    expect((await run(["send", where], "new")).code).toBe(0);
    expect((await receiver.ended).code).toBe(0);
    expect(readFileSync(folder.at("out"), "utf8")).toBe("new");
  });

  it.each([[], ["--append"], ["--atomic"]])("when nobody comes, with %j", async (...more) => {
    writeFileSync(folder.at("out"), "old");
    chmodSync(folder.at("out"), 0o640);
    for (const name of ["out", "new"]) {
      const receiver = start(["recv", "tcp://127.0.0.1:0", "-o", folder.at(name), ...more]);
      await receiver.listening();
      receiver.child.kill("SIGTERM");
      expect((await receiver.ended).signal).toBe("SIGTERM");
    }
    expect(readdirSync(folder.path)).toEqual(["out"]);
    expect(readFileSync(folder.at("out"), "utf8")).toBe("old");
    expect(statSync(folder.at("out")).mode & 0o777).toBe(0o640);
  });
});

it.each(["tcp", "wss"])(
  "a port that is taken is an end, and leaves no file, over %s",
  async (scheme) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    const { cert, key } = await certificate(folder.path);
    const tls = scheme === "wss" ? ["--cert", cert, "--key", key] : [];
    const where = `${scheme}://127.0.0.1:${port}`;
    const { code, stderr } = await run(["recv", where, "-o", folder.at("out"), ...tls]);
    taken.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_CONNECT")]);
    expect(existsSync(folder.at("out"))).toBe(false);
  },
);

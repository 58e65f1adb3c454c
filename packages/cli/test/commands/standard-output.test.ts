import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inProcess } from "../aw.ts";
import { brokenPipe, restoreStandardOutput, standardOutputIs } from "../standard-output.ts";

const folder = temporaryFolder();
const QUIET = { code: 0, stderr: "" };
let fd = -1;

beforeEach(() => writeFileSync(folder.at("in"), "text"));
afterEach(() => {
  closeSync(fd);
  restoreStandardOutput();
});

/** Standard output is a file; resolves with what is in it. */
function captured(): () => Buffer {
  fd = openSync(folder.at("shown"), "w");
  standardOutputIs(fd);
  return () => readFileSync(folder.at("shown"));
}

describe("standard output", () => {
  it("has what aw pipe makes", async () => {
    const shown = captured();
    expect(await inProcess(["pipe", "--gzip", folder.at("in"), folder.at("in")]).ended).toEqual(
      QUIET,
    );
    expect(String(gunzipSync(shown()))).toBe("texttext");
  });

  it("has what aw send - is given", async () => {
    const shown = captured();
    expect(await inProcess(["send", "-", folder.at("in")]).ended).toEqual(QUIET);
    expect(String(shown())).toBe("text");
  });

  it("has what aw recv is sent", async () => {
    const shown = captured();
    const { ended, listening } = inProcess(["recv", "tcp://127.0.0.1:0"]);
    expect(await inProcess(["send", await listening(), folder.at("in")]).ended).toEqual(QUIET);
    expect((await ended).code).toBe(0);
    expect(String(shown())).toBe("text");
  });

  it("has what the peer of aw send answers", async () => {
    const shown = captured();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      void socket.toArray().then((chunks: Buffer[]) => socket.end(`${Buffer.concat(chunks)}, got`));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const where = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await inProcess(["send", where, folder.at("in")]).ended).toEqual(QUIET);
    server.close();
    expect(String(shown())).toBe("text, got");
  });
});

it("a standard output that nobody reads ends aw quietly, with the status of SIGPIPE", async () => {
  fd = brokenPipe(folder.at("pipe"));
  standardOutputIs(fd);
  expect(await inProcess(["pipe", folder.at("in")]).ended).toEqual({ code: 141, stderr: "" });
});

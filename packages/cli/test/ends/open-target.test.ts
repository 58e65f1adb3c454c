import { createServer, type AddressInfo } from "node:net";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, beforeEach, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/commands.ts";
import { openTarget, timeoutOf } from "../../src/ends/open-target.ts";
import { parseCommandLine } from "../../src/line/arguments.ts";
import { parseTarget } from "../../src/line/target.ts";

const folder = temporaryFolder();
const args = (...words: string[]) => parseCommandLine(COMMANDS.send.options, words);
const server = createServer((socket) => void socket.on("error", () => {}));

beforeEach(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterEach(() => void server.close());

it.each(["tcp", "tls", "ws", "wss"])("a signal ends a connect over %s", async (scheme) => {
  const { port } = server.address() as AddressInfo;
  const target = parseTarget(`${scheme}://127.0.0.1:${port}`);
  const signal = AbortSignal.abort(new Error("not now"));
  await expect(openTarget(target, args(), signal)).rejects.toMatchObject({
    code: "ERR_AW_ABORTED",
    cause: signal.reason,
  });
});

it("a file that can't be opened is known at once", async () => {
  const target = parseTarget(folder.at("none/out"));
  const opening = openTarget(target, args(), new AbortController().signal);
  await expect(opening).rejects.toMatchObject({ code: "ERR_AW_IO" });
});

it("--timeout is in milliseconds, or there is none", () => {
  expect([timeoutOf(args("--timeout=2s")), timeoutOf(args())]).toEqual([2000, undefined]);
});

/**
 * The relay: a server that takes gzip or plain bytes over TCP into files, and a client that sends
 * real input to it through `buffered(gzip(tcp))`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeExecutable, textLines } from "./inputs.ts";
import { formatTable, progressBar } from "./report.ts";
import { run } from "./run.ts";

const HELP = `Sends real input through layered writers to a server, and checks what arrived.

Usage: npm start -- [options]

Starts a server on 127.0.0.1, sends the running Node executable and the text files of this
repository to it, each plain and as gzip, and prints what went over the wire and how fast.
Ends with status 0 if every digest agrees (of what was read, what the server received, and what
is on its disk), 1 if one differs or a transfer fails, 2 if the options make no sense.

Options:
  --port N   the port of the server (default: a free one)
  --once     end after the table; it does so anyway
  --help     this text
`;

let options;
try {
  options = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      once: { type: "boolean" },
      help: { type: "boolean" },
    },
  }).values;
  if (!/^\d{1,5}$/.test(options.port))
    throw new Error(`--port takes a number, not ${options.port}`);
} catch (error) {
  console.error(`${(error as Error).message}\n\nSee: npm start -- --help`);
  process.exit(2);
}

if (options.help) {
  process.stdout.write(HELP);
} else {
  const folder = mkdtempSync(join(tmpdir(), "aw-relay-"));
  const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("SIGINT", () => {
    cleanUp();
    process.exit(130);
  });
  try {
    const rows = await run({
      folder,
      port: Number(options.port),
      inputs: [await nodeExecutable(), await textLines(join(import.meta.dirname, "../../.."))],
      onTransfer(route, total) {
        const bar = progressBar(route, total);
        return {
          update: (bytes) => bar.update(bytes, { mb: (bytes / 1e6).toFixed(1) }),
          stop: () => bar.stop(),
        };
      },
    });
    console.log(formatTable(rows));
    if (!rows.every(({ verified }) => verified)) {
      console.error("A digest differs: what arrived is not what was sent.");
      process.exitCode = 1;
    }
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  } finally {
    cleanUp();
  }
}

/** The command behind `npm start`. */
import { parseArgs } from "node:util";
import { Signals } from "./command/signals.ts";
import type { Demo } from "./demo/demo.ts";

const HELP = `Starts relays on free ports of this machine, sends real data to them through seven compositions of
layered writers, and the same by Node's own streams, checks what arrived, and stays up.

Usage: npm start -- [options]

Options:
  --once           end after the table, with status 0 if every digest agrees, 1 if not
  --serve          stay up even if this is not a terminal
  --megabytes N    how much each composition sends (default: 16)
  --help           this text
`;

/** How long those who are under way have when it is stopped, in milliseconds. */
const STOP_WITHIN = 5000;

interface Options {
  once: boolean;
  megabytes: number;
}

async function main({ once, megabytes }: Options): Promise<void> {
  using signals = new Signals();
  const { Demo } = await import("./demo/demo.ts"); // with all servers: who only asks for help need not wait for them
  const demo = await Demo.start();
  signals.abort.addEventListener("abort", () => demo.abort());
  if (!once) console.log(`The page: ${demo.relay.addressOf("http")}/`);
  const shown = show(demo, megabytes);
  try {
    await Promise.race([shown, signals.stopped()]);
    if (signals.stop.aborted || once) return;
    console.log(
      `From another terminal:\n\n${demo.commands}\n\nThe page: ${demo.relay.addressOf("http")}/ - Ctrl-C ends it.`,
    );
    await signals.stopped();
  } finally {
    await demo.close(STOP_WITHIN);
    // What is cut off because it was stopped is nobody's failure.
    await shown.catch((error: unknown) => {
      if (!signals.stop.aborted) throw error;
    });
  }
}

/** Demo traffic, then the table. */
async function show(demo: Demo, megabytes: number): Promise<void> {
  const rows = await demo.run(megabytes * 1024 * 1024, ({ title }) => {
    if (process.stderr.isTTY) console.error(`done: ${title}`);
  });
  const { formatTable } = await import("./demo/table.ts");
  console.log(formatTable(rows));
  if (rows.every(({ verified }) => verified)) return;
  console.error("A digest differs: what arrived is not what was sent.");
  process.exitCode = 1;
}

/** Undefined if there is nothing to run. */
function parseOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      once: { type: "boolean", default: false },
      serve: { type: "boolean", default: false },
      megabytes: { type: "string", default: "16" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return undefined;
  }
  const megabytes = Number(values.megabytes);
  if (!(megabytes >= 1 && megabytes <= 64)) {
    throw new Error(`--megabytes takes 1 to 64, not ${values.megabytes}`);
  }
  return { once: values.once || !(values.serve || process.stdout.isTTY), megabytes };
}

let options;
try {
  options = parseOptions();
} catch (error) {
  console.error(`${(error as Error).message}\n\nSee: npm start -- --help`);
  process.exitCode = 2;
}
if (options !== undefined) await main(options);

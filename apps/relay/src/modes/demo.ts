/** `npm start`: relays on free ports, demo traffic, the table, and commands for other terminals. */
import { parseArgs } from "node:util";
import { ConfigError } from "../config/config-error.ts";
import { countOf } from "../command/mode-args.ts";
import type { Signals } from "../command/signals.ts";
import { Demo } from "../demo/demo.ts";
import { formatTable } from "../demo/table.ts";

/** How long those who are under way have when it is stopped, in milliseconds. */
const STOP_WITHIN = 5000;

interface Options {
  once: boolean;
  megabytes: number;
}

export async function demo(args: readonly string[], signals: Signals): Promise<void> {
  const { once, megabytes } = parseOptions(args);
  const running = await Demo.start();
  signals.abort.addEventListener("abort", () => running.abort());
  const page = `The page: ${running.relay.addressOf("http")}/`;
  if (!once) console.log(page);
  const shown = show(running, megabytes);
  try {
    await Promise.race([shown, signals.stopped()]);
    if (signals.stop.aborted || once) return;
    console.log(`From another terminal:\n\n${running.commands}\n\n${page}\nCtrl-C ends it.`);
    await signals.stopped();
  } finally {
    await running.close(STOP_WITHIN);
    // What is cut off because it was stopped is nobody's failure.
    await shown.catch((error: unknown) => {
      if (!signals.stop.aborted) throw error;
    });
  }
}

/** Demo traffic, then the table. */
async function show(running: Demo, megabytes: number): Promise<void> {
  const rows = await running.run(megabytes * 1024 * 1024, ({ title }) => {
    if (process.stderr.isTTY) console.error(`done: ${title}`);
  });
  console.log(formatTable(rows));
  if (rows.every(({ verified }) => verified)) return;
  console.error("A digest differs: what arrived is not what was sent.");
  process.exitCode = 1;
}

function parseOptions(args: readonly string[]): Options {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        once: { type: "boolean", default: false },
        serve: { type: "boolean", default: false },
        megabytes: { type: "string" },
      },
    }));
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
  const megabytes = countOf("megabytes", values.megabytes, { otherwise: 16, min: 1, max: 64 });
  return { once: values.once || !(values.serve || process.stdout.isTTY), megabytes };
}

/** The command behind `npm start`: servers that stay up, demo traffic through them, and the table. */
import { parseArgs } from "node:util";
import { Demo } from "./demo/demo.ts";
import { formatTable } from "./demo/table.ts";

const HELP = `Starts relays on free ports of this machine, sends real data to them through seven compositions of
layered writers, checks what arrived, and stays up.

Usage: npm start -- [options]

Options:
  --once     end after the table, with status 0 if every digest agrees, 1 if not
  --serve    stay up even if this is not a terminal
  --help     this text
`;

let options;
try {
  options = parseArgs({
    options: { once: { type: "boolean" }, serve: { type: "boolean" }, help: { type: "boolean" } },
  }).values;
} catch (error) {
  console.error(`${(error as Error).message}\n\nSee: npm start -- --help`);
  process.exitCode = 2;
}

if (options?.help) process.stdout.write(HELP);
else if (options !== undefined) await main(options);

async function main({ once = false, serve = false }): Promise<void> {
  const demo = await Demo.start();
  const rows = await demo.run();
  console.log(formatTable(rows));
  if (!rows.every(({ verified }) => verified)) {
    console.error("A digest differs: what arrived is not what was sent.");
    process.exitCode = 1;
  }
  if (!once && (serve || process.stdout.isTTY)) {
    console.log(`\nThe page: ${demo.relay.addressOf("http")}/`);
    await new Promise((resolve) => {
      process.once("SIGINT", resolve);
      process.once("SIGTERM", resolve);
    });
  }
  await demo.close(5000);
}

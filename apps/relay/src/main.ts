/** The command behind `npm start`. */
import { AsyncWriteError } from "@aw/core";
import { HELP } from "./command/help.ts";
import { Signals } from "./command/signals.ts";
import { ConfigError } from "./config/config-error.ts";

/** Each in a file of its own, loaded when it is asked for. */
const MODES = {
  demo: async () => (await import("./modes/demo.ts")).demo,
  uploads: async () => (await import("./modes/uploads.ts")).uploads,
  logs: async () => (await import("./modes/logs.ts")).logs,
  proxy: async () => (await import("./modes/proxy.ts")).proxy,
} as const;

async function main([first = "", ...rest]: readonly string[]): Promise<void> {
  const isNamed = first !== "" && !first.startsWith("-");
  const name = isNamed ? first : "demo";
  const args = isNamed ? rest : first === "" ? rest : [first, ...rest];
  if ([first, ...rest].includes("--help")) {
    process.stdout.write(HELP);
    return;
  }
  if (!Object.hasOwn(MODES, name)) {
    throw new ConfigError(`there is no mode ${name}: ${Object.keys(MODES).join(", ")}`);
  }
  const run = await MODES[name as keyof typeof MODES]();
  using signals = new Signals();
  await run(args, signals);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof ConfigError) {
    console.error(`${error.message}\n\nSee: npm start -- --help`);
    process.exitCode = 2;
  } else {
    // The port is taken, the folder is in use: the message says it, a stack would not help.
    console.error(AsyncWriteError.is(error) ? `${error.code}: ${error.message}` : error);
    process.exitCode = 1;
  }
}

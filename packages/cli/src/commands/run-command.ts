import { checkArgument, checkOptions, listOf, SIGNAL, STRING } from "@aw/core/implementor";
import { parseCommandLine } from "../line/arguments.ts";
import { COMMANDS } from "./commands.ts";
import { outcomeOf, USAGE } from "../line/exit.ts";
import { helpOf, helpOfAll } from "../line/help.ts";
import { printable } from "../line/printable.ts";

/** What `run` does for everything but the version. */
export async function runCommand(
  args: readonly string[],
  options: { signal?: AbortSignal | undefined },
): Promise<number> {
  checkArgument("run", "args", args, listOf(STRING));
  checkOptions("run", options, { signal: SIGNAL });
  const { signal = new AbortController().signal } = options;
  const [name = "", ...rest] = args;
  if (["--help", "-h", "help"].includes(name)) {
    process.stdout.write(helpOfAll(Object.values(COMMANDS)));
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name)
    ? COMMANDS[name as keyof typeof COMMANDS]
    : undefined;
  if (command === undefined) {
    const problem = name === "" ? "a command is needed" : `no command ${name}`;
    say("aw", `${problem}: ${Object.keys(COMMANDS).join(", ")}; see aw --help`);
    return USAGE;
  }
  const prefix = `aw ${name}`;
  try {
    const parsed = parseCommandLine(command.options, rest);
    if (parsed.has("help")) {
      process.stdout.write(helpOf(command));
      return 0;
    }
    const act = await command.load();
    await act(parsed, { signal, note: (line) => say(prefix, line) });
    return 0;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { status, line } = outcomeOf(error);
    if (line !== undefined) say(prefix, status === USAGE ? `${line}; see ${prefix} --help` : line);
    return status;
  }
}

function say(prefix: string, line: string): void {
  process.stderr.write(`${prefix}: ${printable(line)}\n`);
}

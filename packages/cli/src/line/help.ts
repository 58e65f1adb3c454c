import type { Option, Options } from "./options.ts";

/** What a command says about itself. */
export interface Description {
  readonly usage: string;
  readonly summary: string;
  /** Its options, under the titles that the help gives them. */
  readonly groups: Readonly<Record<string, Options>>;
}

/** The text of `aw --help`. */
export function helpOfAll(commands: readonly Description[]): string {
  const usages = commands.map(({ usage, summary }) => `  ${usage}\n      ${summary}\n`);
  return `Bytes through layered writers, from a shell.

${usages.join("")}
A target is tcp://host:port, unix:path, tls://host:port, ws://..., wss://..., a path, or - for
standard output. A listener is one of the first five; port 0 takes a free one. A path with a colon
in its first part is written ./name or file:name.

  aw <command> --help    its options
  aw --version

Status: 0 all went well, 1 the transfer failed, 2 the command line makes no sense.
`;
}

/** The text of `aw <command> --help`. */
export function helpOf({ usage, summary, groups }: Description): string {
  const sections = Object.entries(groups).map(([title, options]) => {
    const lines = Object.entries(options).map(
      ([name, option]) => `${synopsis(name, option)}${option.help}\n`,
    );
    return `\n${title}:\n${lines.join("")}`;
  });
  return `Usage: ${usage}\n\n${summary}\n${sections.join("")}`;
}

const COLUMN = 24;

function synopsis(name: string, { value, optional, short }: Option): string {
  const long = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const hint = value === undefined ? "" : optional ? `[=${value}]` : ` ${value}`;
  return `  ${long}${hint}`.padEnd(COLUMN);
}

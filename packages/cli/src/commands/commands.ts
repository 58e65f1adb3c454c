import { COMPRESSION, LAYERS } from "../line/layer-options.ts";
import {
  ACCEPT,
  CLIENT_TLS,
  COMMON,
  CONNECT,
  FILE,
  SERVER_TLS,
  type Options,
} from "../line/options.ts";
import type { Description } from "../line/help.ts";
import type { Action } from "./action.ts";

export interface Command extends Description {
  readonly options: Options;
  readonly load: () => Promise<Action>;
}

const CHAIN = "Layers, in the order in which the bytes meet them";

export const COMMANDS: Readonly<Record<"send" | "recv" | "pipe", Command>> = {
  send: command({
    usage: "aw send <target> [file...] [options]",
    summary:
      "Sends files, or standard input, to a target. What the peer answers goes to standard output.",
    groups: {
      [CHAIN]: { ...LAYERS, ...COMPRESSION },
      Files: FILE,
      Connections: CONNECT,
      TLS: CLIENT_TLS,
      Other: COMMON,
    },
    load: async () => (await import("./send.ts")).send,
  }),
  recv: command({
    usage: "aw recv <listener> [-o target] [options]",
    summary: "Waits for a connection, and writes what comes to a file or standard output.",
    groups: {
      [CHAIN]: { ...LAYERS, ...COMPRESSION },
      Connections: ACCEPT,
      Files: FILE,
      TLS: SERVER_TLS,
      Other: COMMON,
    },
    load: async () => (await import("./recv.ts")).recv,
  }),
  pipe: command({
    usage: "aw pipe [file...] [options]",
    summary: "Passes files, or standard input, through layers to standard output.",
    groups: { [CHAIN]: { ...LAYERS, ...COMPRESSION }, Other: COMMON },
    load: async () => (await import("./pipe.ts")).pipe,
  }),
};

function command(parts: Omit<Command, "options">): Command {
  const options = Object.values(parts.groups).flatMap((group) => Object.entries(group));
  return { ...parts, options: Object.fromEntries(options) };
}

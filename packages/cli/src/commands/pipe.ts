import type { Action } from "./commands.ts";
import { sendTo } from "./send.ts";

/** `aw pipe`: to standard output. */
export const pipe: Action = (args, context) =>
  sendTo({ kind: "stdio" }, args.positionals, args, context);

import type { Action } from "./action.ts";
import { sendTo } from "./send.ts";

/** `aw pipe`: to standard output. */
export const pipe: Action = (args, context) =>
  sendTo({ kind: "stdio" }, args.positionals, args, context);

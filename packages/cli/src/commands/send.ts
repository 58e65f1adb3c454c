import { existsSync } from "node:fs";
import { timeout, type Layer } from "@aw/core";
import { Answer } from "../ends/answer.ts";
import type { Arguments } from "../line/arguments.ts";
import type { Action, Context } from "./action.ts";
import { openInput } from "../ends/inputs.ts";
import { fileOptionsOf } from "../line/file-options.ts";
import { layersOf } from "../line/layers.ts";
import { openTarget, timeoutOf } from "../ends/open-target.ts";
import { checkOverwrite } from "../ends/overwrite.ts";
import { chain } from "../ends/progress.ts";
import { isAddress, parseTarget, type Target } from "../line/target.ts";
import { transfer } from "../ends/transfer.ts";
import { usage } from "../line/usage.ts";

/** `aw send`: files or standard input to a target. */
export const send: Action = async (args, context) => {
  const [named, ...files] = args.positionals;
  if (named === undefined) throw usage("a target is needed, such as tcp://host:9000 or a path");
  const target = parseTarget(named);
  for (const file of files) {
    if (!isAddress(file) || existsSync(file)) continue;
    throw usage(`${file} is a target, and stands first: aw send ${file} <file>`);
  }
  args.checkFor(target.kind);
  if (target.kind === "file") {
    fileOptionsOf(args);
    checkOverwrite(named, target.path, files, args);
  }
  await sendTo(target, files, args, context);
};

/** Resolves once all is sent and the target closed; a peer has ended too then. */
export async function sendTo(
  target: Target,
  files: readonly string[],
  args: Arguments,
  { signal, note }: Context,
): Promise<void> {
  const time = timeoutOf(args);
  const layers = await layersOf(args);
  const overwritten = target.kind === "file" && !args.has("atomic") ? target.path : undefined;
  const { chunks, size } = await openInput(files, overwritten);
  const destination = await openTarget(target, args, signal);
  const stack = time === undefined ? layers : [stallsAfter(time), ...layers];
  const { out, finish } = await chain(destination, stack, args, { size, note });
  const answer = "readable" in destination ? new Answer(destination) : undefined;
  try {
    await transfer(chunks, out, signal);
    if (!args.has("no-wait")) await answer?.ended(signal, time);
  } finally {
    finish();
  }
}

function stallsAfter(time: number): Layer {
  return (inner) => timeout(inner, { write: time, flush: time, close: time });
}

import { checkOptions } from "../options/check-options.ts";
import { isReader } from "../options/check-reader.ts";
import { checkWriter, isWriter } from "../options/check-writer.ts";
import { oneOf, type Schema } from "../options/rules.ts";
import { Reader } from "../reader/reader.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import { Writer } from "../writer/writer.ts";
import { TeeEngine } from "./parts/tee-engine.ts";
import { TeeReading } from "./parts/tee-reading.ts";

/** What becomes of a {@link tee} when one of its branches fails. */
export interface TeeOptions {
  /**
   * - "fail" (default): the first failure of a branch fails the tee.
   * - "drop": a branch that fails is left out from then on; the last one fails the tee, unless that is a
   *   reader, which is read on.
   */
  onError?: "fail" | "drop" | undefined;
}

const OPTIONS: Schema<TeeOptions> = { onError: oneOf("fail", "drop") };

/**
 * Writes every byte to all branches. The slowest sets the pace: at most 64 KiB wait for it. Flush and
 * close are ready when they are with every branch.
 *
 * With a reader first it is a reader, and what is read of it has been written to every branch. The end is
 * read once all branches are flushed. They stay yours to close, or to abort if reading fails.
 *
 * ```ts
 * import { memory, tee } from "@aw/core";
 *
 * const [file, socket] = [memory(), memory()];
 * const out = tee(file, socket, { onError: "drop" });
 * await out.writeAll("to both");
 * await out.flush();
 * socket.abort(new Error("the peer has left"));
 * await out.writeAll(", to one");
 * await out.close();
 * console.log(file.text()); // to both, to one
 * ```
 *
 * ```ts
 * import { memory, tee, toReader } from "@aw/core";
 *
 * const log = memory();
 * const reader = tee(toReader("read, and kept"), log);
 * console.log(await reader.text(), log.length); // read, and kept 14
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` without a branch, or if one is not a
 * writer
 */
export function tee(...args: readonly [...AsyncWrite[], AsyncWrite | TeeOptions]): TeeWriter;
export function tee(
  reader: AsyncBufRead,
  ...args: readonly [...AsyncWrite[], AsyncWrite | TeeOptions]
): Reader;
export function tee(
  ...args: readonly (AsyncWrite | AsyncBufRead | TeeOptions)[]
): TeeWriter | Reader {
  const [first, ...others] = args;
  const reader = isReader(first) ? first : undefined;
  const rest = reader === undefined ? args : others;
  const last = rest.at(-1);
  const hasOptions = isPlain(last) && !isWriter(last);
  const branches = hasOptions ? rest.slice(0, -1) : rest;
  for (const branch of branches) checkWriter("tee", branch);
  if (hasOptions) checkOptions("tee", last, OPTIONS);
  if (branches.length === 0) throw invalidArgument("tee: expected at least one writer");
  const drop = hasOptions && last.onError === "drop";
  const engine = new TeeEngine(branches as AsyncWrite[], drop);
  return reader === undefined
    ? new TeeWriter(engine)
    : new Reader(new TeeReading(reader, engine, drop));
}

/** Options are written in place; anything else was meant to be a branch. */
function isPlain(value: unknown): value is TeeOptions {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The writer of {@link tee}. */
export class TeeWriter extends Writer {
  readonly #tee: TeeEngine;

  constructor(engine: TeeEngine) {
    super(engine);
    this.#tee = engine;
  }

  /** The branches that are still written to. */
  get writers(): readonly AsyncWrite[] {
    return this.#tee.writers;
  }
}

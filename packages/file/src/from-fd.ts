import { isatty } from "node:tty";
import { AsyncWriteError } from "@aw/core";
import {
  BOOLEAN,
  checkArgument,
  checkOptions,
  integer,
  oneOf,
  type Schema,
} from "@aw/core/implementor";
import { ATOMIC_LENGTH } from "./descriptor/atomic-part.ts";
import { Descriptor } from "./descriptor/descriptor.ts";
import { FileWriter } from "./writer/file-writer.ts";
import type { Durability } from "./descriptor/io.ts";
import { DURABILITY, IO } from "./descriptor/rules.ts";
import { LinewiseOutput } from "./writer/linewise-output.ts";
import { LONGEST_LINE, paceOf } from "./writer/pace.ts";

/** What `fromFd`, `stdout` and `stderr` can be given. */
export interface FromFdOptions {
  /** As of `open`. Default: "async". */
  io?: "async" | "sync" | undefined;
  /** As of `open`; for files. Default: "none". */
  durability?: Durability | undefined;
  /** Whether close and abort close the descriptor. Default: true; of `stdout` and `stderr` false. */
  closeFd?: boolean | undefined;
  /**
   * What happens when the reader of a pipe has gone. "error": the writer fails with
   * `ERR_AW_BROKEN_PIPE`, which is the default of `fromFd`. "exit": the process ends with code 141,
   * as if by SIGPIPE, and prints nothing; the default of `stdout` and `stderr`.
   */
  onBrokenPipe?: "error" | "exit" | undefined;
}

/** Those of `stdout` and `stderr`. */
export interface StandardOptions extends FromFdOptions {
  /**
   * Whether one system call takes whole lines only, so that the lines of several processes that
   * share a pipe or a file don't mix: in pipes, lines of up to 4096 bytes. The start of a line then
   * waits for its end, a flush or close. Terminals have what was written at once. Default: true;
   * false is faster for what has no lines.
   */
  wholeLines?: boolean | undefined;
}

const OPTIONS: Schema<FromFdOptions> = {
  io: IO,
  durability: DURABILITY,
  closeFd: BOOLEAN,
  onBrokenPipe: oneOf("error", "exit"),
};

const STANDARD_OPTIONS: Schema<StandardOptions> = { ...OPTIONS, wholeLines: BOOLEAN };

/**
 * Writes to a descriptor that is open already: a file, a pipe, a terminal, a device. It goes on
 * where the descriptor stands. A pipe that takes nothing now, blocking or not, is waited for.
 *
 * @throws AsyncWriteError `ERR_AW_IO` if it is not open, `ERR_AW_INVALID_ARGUMENT`
 */
export function fromFd(fd: number, options: FromFdOptions = {}): FileWriter {
  checkArgument("fromFd", "fd", fd, integer(0));
  checkOptions("fromFd", options, OPTIONS);
  return writerOf(fd, `fd ${fd}`, options, { closeFd: true, onBrokenPipe: "error" }, false);
}

/** Writes to standard output. Close flushes, and leaves it open; see {@link StandardOptions}. */
export function stdout(options: StandardOptions = {}): FileWriter {
  return standardWriter(1, "stdout", options);
}

/** Writes to standard error. Close flushes, and leaves it open; see {@link StandardOptions}. */
export function stderr(options: StandardOptions = {}): FileWriter {
  return standardWriter(2, "stderr", options);
}

function standardWriter(fd: number, label: string, options: StandardOptions): FileWriter {
  checkOptions(label, options, STANDARD_OPTIONS);
  const { wholeLines = true, ...rest } = options;
  const defaults = { closeFd: false, onBrokenPipe: "exit" } as const;
  return writerOf(fd, label, rest, defaults, wholeLines && !isatty(fd));
}

function writerOf(
  fd: number,
  label: string,
  given: FromFdOptions,
  defaults: Required<Pick<FromFdOptions, "closeFd" | "onBrokenPipe">>,
  wholeLines: boolean,
): FileWriter {
  const { io = "async", durability = "none" } = given;
  const { closeFd = defaults.closeFd, onBrokenPipe = defaults.onBrokenPipe } = given;
  const descriptor = descriptorOf(fd, io, closeFd);
  const longestLine = descriptor.isFile ? LONGEST_LINE : ATOMIC_LENGTH;
  return new FileWriter({
    label,
    output: wholeLines && !descriptor.isFile ? new LinewiseOutput(descriptor) : descriptor,
    durability: descriptor.isFile ? durability : "none",
    ...paceOf(io, descriptor),
    longestLine: wholeLines ? longestLine : undefined,
    exitsOnBrokenPipe: onBrokenPipe === "exit",
  });
}

function descriptorOf(fd: number, io: "async" | "sync", closes: boolean | undefined): Descriptor {
  try {
    return new Descriptor(fd, { io, position: null, exclusive: false, closes });
  } catch (error) {
    throw AsyncWriteError.from(error, `fd ${fd}`);
  }
}

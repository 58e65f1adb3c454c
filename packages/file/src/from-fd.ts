import { AsyncWriteError } from "@aw/core";
import { checkChoice, checkCount } from "./descriptor/check.ts";
import { Descriptor } from "./descriptor/descriptor.ts";
import { FileWriter } from "./writer/file-writer.ts";
import type { Durability } from "./descriptor/io.ts";
import { paceOf } from "./writer/pace.ts";

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

/**
 * Writes to a descriptor that is open already: a file, a pipe, a terminal, a device. It goes on
 * where the descriptor stands. A pipe that takes nothing now, blocking or not, is waited for.
 *
 * @throws AsyncWriteError `ERR_AW_IO` if it is not open, `ERR_AW_INVALID_ARGUMENT`
 */
export function fromFd(fd: number, options: FromFdOptions = {}): FileWriter {
  return writerOf(fd, `fd ${fd}`, { closeFd: true, onBrokenPipe: "error", ...options });
}

/** Writes to standard output. Close flushes, and leaves it open; see {@link FromFdOptions}. */
export function stdout(options: FromFdOptions = {}): FileWriter {
  return writerOf(1, "stdout", { closeFd: false, onBrokenPipe: "exit", ...options });
}

/** Writes to standard error. Close flushes, and leaves it open; see {@link FromFdOptions}. */
export function stderr(options: FromFdOptions = {}): FileWriter {
  return writerOf(2, "stderr", { closeFd: false, onBrokenPipe: "exit", ...options });
}

function writerOf(fd: number, label: string, options: FromFdOptions): FileWriter {
  const { io = "async", durability = "none", closeFd, onBrokenPipe = "error" } = options;
  checkCount("fd", fd, 0);
  checkChoice("io", io, ["async", "sync"]);
  checkChoice("durability", durability, ["none", "data", "full"]);
  checkChoice("closeFd", closeFd, [true, false]);
  checkChoice("onBrokenPipe", onBrokenPipe, ["error", "exit"]);
  const output = descriptorOf(fd, io, closeFd);
  return new FileWriter({
    label,
    output,
    durability: output.isFile ? durability : "none",
    ...paceOf(io, output),
    wholeLines: false,
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

/** Every code that an {@link AsyncWriteError} can carry. The list is closed. */
export const ERROR_CODES = [
  "ERR_AW_CLOSED",
  "ERR_AW_ABORTED",
  "ERR_AW_WRITE_ZERO",
  "ERR_AW_TIMEOUT",
  "ERR_AW_BROKEN_PIPE",
  "ERR_AW_CONNECTION_RESET",
  "ERR_AW_CONNECT",
  "ERR_AW_NO_SPACE",
  "ERR_AW_IO",
  "ERR_AW_PROTOCOL",
  "ERR_AW_CORRUPT",
  "ERR_AW_TRUNCATED",
  "ERR_AW_LIMIT",
  "ERR_AW_TLS",
  "ERR_AW_INVALID_ARGUMENT",
  "ERR_AW_UNSUPPORTED",
] as const;

/** One of the codes that an {@link AsyncWriteError} can carry. */
export type AsyncWriteErrorCode = (typeof ERROR_CODES)[number];

/** What an {@link AsyncWriteError} knows beside its code and its message. */
export interface AsyncWriteErrorOptions {
  /** The original error, or the reason of an abort. */
  cause?: unknown;
  /** How many bytes of the failed operation were accepted before it failed. */
  bytesWritten?: number;
}

/** Marks the prototype, so that an error of another copy of this package is known too. */
const BRAND = Symbol.for("@aw/AsyncWriteError");

/** What operating systems and runtimes call the same failures. */
const CODE_OF_CAUSE: Readonly<Record<string, AsyncWriteErrorCode>> = {
  ABORT_ERR: "ERR_AW_ABORTED",
  EPIPE: "ERR_AW_BROKEN_PIPE",
  ERR_STREAM_DESTROYED: "ERR_AW_BROKEN_PIPE",
  ERR_STREAM_PREMATURE_CLOSE: "ERR_AW_BROKEN_PIPE",
  ERR_SOCKET_CLOSED: "ERR_AW_BROKEN_PIPE",
  ECONNRESET: "ERR_AW_CONNECTION_RESET",
  ECONNABORTED: "ERR_AW_CONNECTION_RESET",
  ECONNREFUSED: "ERR_AW_CONNECT",
  EHOSTUNREACH: "ERR_AW_CONNECT",
  ENETUNREACH: "ERR_AW_CONNECT",
  ENOTFOUND: "ERR_AW_CONNECT",
  EAI_AGAIN: "ERR_AW_CONNECT",
  ETIMEDOUT: "ERR_AW_TIMEOUT",
  ENOSPC: "ERR_AW_NO_SPACE",
  EDQUOT: "ERR_AW_NO_SPACE",
  EFBIG: "ERR_AW_NO_SPACE",
};

/**
 * The one error class. Branch on `code`, never on the message. It has the name "AbortError" when
 * the code is `ERR_AW_ABORTED`, because that is what programs test for. Control characters in the
 * message are escaped, so it can be printed whoever it quotes; the cause keeps them.
 */
export class AsyncWriteError extends Error {
  readonly code: AsyncWriteErrorCode;
  /** Bytes of the failed operation that were accepted, where that applies. */
  readonly bytesWritten: number | undefined;
  override readonly name: string;

  constructor(code: AsyncWriteErrorCode, message: string, options: AsyncWriteErrorOptions = {}) {
    super(printable(message), "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.bytesWritten = options.bytesWritten;
    this.name = code === "ERR_AW_ABORTED" ? "AbortError" : "AsyncWriteError";
  }

  /** What `instanceof` asks: it knows errors of other copies of this package too, as {@link AsyncWriteError.is} does. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class that extends this one is asked for its own.
    if (this !== AsyncWriteError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return AsyncWriteError.is(value);
  }

  /** Whether `value` is an AsyncWriteError, also one of another copy of this package. */
  static is(value: unknown): value is AsyncWriteError {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  /**
   * Makes an AsyncWriteError of anything that was thrown. One that is an AsyncWriteError already
   * is returned as it is; the rest becomes the `cause`, with the code derived from its `code`
   * (`EPIPE`, `ECONNRESET`, `ENOSPC`, ...) or else `ERR_AW_IO`.
   *
   * @param attempt what was attempted, on which layer: it opens the message
   */
  static from(error: unknown, attempt?: string): AsyncWriteError {
    if (AsyncWriteError.is(error)) return error;
    const text = textOf(error);
    const message = attempt === undefined ? text : `${attempt}: ${text}`;
    return new AsyncWriteError(codeOf(error), message, { cause: error });
  }

  /** The same failure with the progress of one operation. Its cause is that of the failure, or else the failure. */
  withBytesWritten(bytesWritten: number): AsyncWriteError {
    return new AsyncWriteError(this.code, this.message, {
      cause: this.cause ?? this,
      bytesWritten,
    });
  }
}

Object.defineProperty(AsyncWriteError.prototype, BRAND, { value: true });

/** What was thrown, in words: whatever it is, and even if it has none. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "an object without text was thrown";
  }
}

/**
 * Messages repeat what peers, file names and other libraries said, and are printed to terminals and logs:
 * there no control character may move the cursor, or begin a line of its own.
 */
function printable(message: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return message.trimEnd().replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    const escaped = ESCAPES[character];
    return escaped ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** EDQUOT on Linux. libuv has no name for it, and reports it as "UNKNOWN" or by its number. */
const DISK_QUOTA_EXCEEDED = -122;

function codeOf(error: unknown): AsyncWriteErrorCode {
  if (typeof error !== "object" || error === null) return "ERR_AW_IO";
  if ("code" in error && typeof error.code === "string") {
    if (Object.hasOwn(CODE_OF_CAUSE, error.code)) {
      return CODE_OF_CAUSE[error.code] as AsyncWriteErrorCode;
    }
    const isNameless = /^unknown/i.test(error.code) && "errno" in error;
    if (isNameless && error.errno === DISK_QUOTA_EXCEEDED) return "ERR_AW_NO_SPACE";
  }
  return "name" in error && error.name === "AbortError" ? "ERR_AW_ABORTED" : "ERR_AW_IO";
}

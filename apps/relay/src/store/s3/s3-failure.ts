import { AsyncWriteError, type AsyncWriteErrorCode } from "@aw/core";

/** What an error of the SDK has that tells it from others. */
interface S3Error extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What a server that is full says: Amazon's never is. */
const FULL = new Set(["InsufficientStorage", "QuotaExceeded", "XMinioStorageFull"]);

/** Whether what is asked for is not there. */
export function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as S3Error;
  return name === "NoSuchKey" || name === "NoSuchUpload" || $metadata?.httpStatusCode === 404;
}

/** Whether the server does not know the keys, or they may not do that. */
export function isDenied(error: unknown): boolean {
  const status = (error as S3Error).$metadata?.httpStatusCode;
  return status === 401 || status === 403;
}

/** What the sender of an upload is told. */
export function failureOf(error: unknown, attempt: string): AsyncWriteError {
  const made = AsyncWriteError.from(error, attempt);
  // What the system or an abort says is known by its own code.
  if (made === error || made.code !== "ERR_AW_IO") return made;
  return new AsyncWriteError(codeOf(error as S3Error), `${made.message}; send again`, {
    cause: error,
  });
}

function codeOf(error: S3Error): AsyncWriteErrorCode {
  const { name, $metadata } = error;
  const status = $metadata?.httpStatusCode ?? 0;
  if (FULL.has(name) || status === 507) return "ERR_AW_NO_SPACE";
  if (name === "TimeoutError") return "ERR_AW_TIMEOUT";
  return isDenied(error) || status >= 500 ? "ERR_AW_CONNECT" : "ERR_AW_IO";
}

import { AsyncWriteError, type AsyncWriteErrorCode } from "@aw/core";

/** What a NATS error has that tells it from others. Its classes are loaded with the client, and not needed for it. */
interface NatsError extends Error {
  /** Of the JetStream API: the number of this very error. */
  readonly code?: number | string;
  /** Of the JetStream API: like a status of HTTP. */
  readonly status?: number;
}

/** Numbers of the JetStream API. */
export const STREAM_NOT_FOUND = 10_059;
const WRONG_LAST_SEQUENCE = new Set<unknown>([10_071, 10_164]);
const FULL = new Set<unknown>([10_002, 10_028, 10_047]);
const STORE_FAILED = 10_077;
const NO_MESSAGE = new Set<unknown>([10_037, 10_043]);
const DELETE_FAILED = 10_057;
/** Of a cluster that has just started: not all of its servers are there. */
const NO_PEERS = 10_005;

/** No answer, or none that decides: a server is gone, a stream has no leader, the client is reconnecting. */
const UNREACHABLE = new Set([
  "ConnectionError",
  "JetStreamNotEnabled",
  "NoRespondersError",
  "RequestError",
  "TimeoutError",
]);

/** Whether a retry may succeed. */
export function isTemporary(error: unknown): boolean {
  const { code, name, status } = error as NatsError;
  if (isFull(error as NatsError) || isDenied(error)) return false;
  return (
    UNREACHABLE.has(name) || error instanceof Unreachable || status === 503 || code === NO_PEERS
  );
}

/** There is no connection, or a stream without a place for what it was sent. */
export class Unreachable extends Error {}

/** Whether the server does not know who connects, or knows and refuses it. */
export function isLoginRefused(error: unknown): boolean {
  const { name } = error as NatsError;
  return name === "AuthorizationError" || name === "UserAuthenticationExpiredError";
}

/** Whether the user of the login may not publish or subscribe where a relay has to. */
export function isDenied(error: unknown): boolean {
  const { cause, name } = error as NatsError;
  const denied = "PermissionViolationError";
  return name === denied || (cause as NatsError | undefined)?.name === denied;
}

/** Whether a message that was to be removed is not there. */
export function isGone(error: unknown): boolean {
  const { code, message } = error as NatsError;
  return NO_MESSAGE.has(code) || (code === DELETE_FAILED && /no message|EOF/.test(message));
}

/** Whether the subject has a message already that the publisher did not expect. */
export function isWrongLastSequence(error: unknown): boolean {
  return WRONG_LAST_SEQUENCE.has((error as NatsError).code);
}

/** What the sender of an upload is told. */
export function failureOf(error: unknown, attempt: string): AsyncWriteError {
  if (AsyncWriteError.is(error)) return error;
  const [code, remedy] = explain(error as NatsError);
  const text = error instanceof Error ? error.message : String(error);
  return new AsyncWriteError(code, `${attempt}: ${text}; ${remedy}`, { cause: error });
}

function explain(error: NatsError): [AsyncWriteErrorCode, string] {
  if (isFull(error)) return ["ERR_AW_NO_SPACE", "make room in the stream, or raise its limit"];
  if (error.code === STREAM_NOT_FOUND) return ["ERR_AW_IO", "its bucket was removed; start again"];
  if (isDenied(error)) return ["ERR_AW_CONNECT", "grant its user what the relay needs"];
  if (isTemporary(error)) {
    return ["ERR_AW_CONNECT", "it stayed so; send again once its stream has a leader"];
  }
  return ["ERR_AW_IO", "send again"];
}

function isFull({ code, message }: NatsError): boolean {
  if (FULL.has(code)) return true;
  return code === STORE_FAILED && /maximum|no space|insufficient/i.test(message);
}

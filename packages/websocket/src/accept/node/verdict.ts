import type { IncomingMessage } from "node:http";
import { AsyncWriteError } from "@aw/core";
import { invalidArgument } from "@aw/core/implementor";
import { printable } from "../../link/printable.ts";
import { peerOf } from "./accepted.ts";
import type { Rejection } from "./rejection.ts";

/** What `authorize` answers: yes, no (401), yes with a value for the connection, or no with a response. */
export type Verdict<T = unknown> = boolean | Rejection | { readonly accept: T };

export interface JudgeOptions<T> {
  /**
   * Decides before the upgrade. `true` and `{ accept }` let it in, with the value as
   * `request.accepted` of the connection; `false` answers 401; a `Rejection` answers as it says;
   * throwing answers 500. Default: all are let in.
   */
  authorize?: ((request: IncomingMessage) => Verdict<T> | Promise<Verdict<T>>) | undefined;
  /**
   * The `Origin`s that a browser may come from; others get 403. A request without one does
   * not come from a browser, and is let in. Default: no check.
   */
  origins?: readonly string[] | ((origin: string) => boolean) | undefined;
}

/** A request that is refused: what the client gets, and what `onRefused` is called with. */
export class Refusal {
  readonly answer: Rejection;
  readonly error: AsyncWriteError;

  constructor(answer: Rejection, error: AsyncWriteError) {
    this.answer = answer;
    this.error = error;
  }
}

/** Whether a request is let in: with which value, or why not. Never rejects. */
export async function judge<T>(
  request: IncomingMessage,
  { origins, authorize }: JudgeOptions<T>,
): Promise<Refusal | { readonly accept: T }> {
  const { origin } = request.headers;
  try {
    if (origins !== undefined && origin !== undefined) {
      const known = typeof origins === "function" ? origins(origin) : origins.includes(origin);
      if (!known) {
        const answer = { status: 403, body: "This origin may not connect here." };
        return refusal(request, answer, `its origin ${printable(origin)} is not allowed`);
      }
    }
    const verdict = authorize === undefined ? true : await authorize(request);
    if (verdict === true) return { accept: undefined as T };
    if (verdict === false) return refusal(request, { status: 401 }, "authorize answered 401");
    if (typeof verdict === "object" && verdict !== null && "accept" in verdict) return verdict;
    const answer = checked(verdict);
    return refusal(request, answer, `authorize answered ${answer.status}`);
  } catch (error) {
    return refusal(request, { status: 500 }, "authorize failed", error);
  }
}

/** A status of success would promise an upgrade that does not come. */
function checked(rejection: Rejection): Rejection {
  const status: unknown = (rejection as Rejection | undefined | null)?.status;
  if (Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599) {
    return rejection;
  }
  throw invalidArgument(
    `authorize: answer true, false, { accept } or { status } of 400 to 599, got the status ${String(status)}`,
  );
}

export function refusal(
  request: IncomingMessage,
  answer: Rejection,
  why: string,
  cause?: unknown,
): Refusal {
  const message = `websocket: refused ${peerOf(request)}: ${why}`;
  return new Refusal(answer, new AsyncWriteError("ERR_AW_CONNECT", message, { cause }));
}

/**
 * What implementors of transports and layers share: the check of options, deadlines, the queue of
 * accepted connections. People who use writers need none of it.
 *
 * ```ts
 * import { checkOptions, MILLISECONDS, SIGNAL, type Schema } from "@aw/core/implementor";
 *
 * interface DialOptions {
 *   timeout?: number;
 *   signal?: AbortSignal;
 * }
 * const OPTIONS: Schema<DialOptions> = { timeout: MILLISECONDS, signal: SIGNAL };
 *
 * export function dial(options: DialOptions = {}): void {
 *   checkOptions("dial", options, OPTIONS);
 * }
 * try {
 *   dial({ timeout: -1 });
 * } catch (error) {
 *   console.log((error as { code: string }).code); // ERR_AW_INVALID_ARGUMENT
 * }
 * ```
 *
 * @packageDocumentation
 */
export { AcceptQueue, type AcceptQueueOptions } from "./accept/accept-queue.ts";
export { checkArgument, checkOptions } from "./options/check-options.ts";
export { checkInner, layerOn } from "./layer/both-ways.ts";
export { checkWriter, isWriter } from "./options/check-writer.ts";
export { Deadline, throwIfAborted, type DeadlineOptions } from "./task/deadline.ts";
export { describeValue } from "./options/describe-value.ts";
export { LinkedList, type Linked } from "./accept/linked-list.ts";
export { formatAddress } from "./accept/format-address.ts";
export { invalidArgument } from "./trait/invalid-argument.ts";
export { COSTLY, spend } from "./task/coop.ts";
export { reportThrown } from "./task/platform.ts";
export {
  ANYTHING,
  BOOLEAN,
  BYTES,
  COUNT,
  either,
  FUNCTION,
  integer,
  listOf,
  MILLISECONDS,
  nested,
  number,
  oneOf,
  POSITIVE_COUNT,
  POSITIVE_NUMBER,
  required,
  SIGNAL,
  STRING,
  type Rule,
  type Schema,
} from "./options/rules.ts";
export { MAX_TIMER_MS, Timer } from "./task/timer.ts";

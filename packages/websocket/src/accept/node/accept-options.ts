import type { AsyncWriteError } from "@aw/core";
import {
  BOOLEAN,
  either,
  FUNCTION,
  listOf,
  MILLISECONDS,
  POSITIVE_COUNT,
  STRING,
  type Schema,
} from "@aw/core/implementor";
import { WS_OPTIONS, type WsOptions } from "../../link/node/ws-options.ts";
import { CONNECTION_OPTIONS, type ConnectionOptions } from "../../link/options.ts";
import type { JudgeOptions } from "./verdict.ts";

export interface AcceptOptions<T = unknown> extends ConnectionOptions, WsOptions, JudgeOptions<T> {
  /** The path whose upgrades are taken. Default: every path. */
  path?: string | undefined;
  /** How long `authorize` may take, in milliseconds; then it is 503. Default: 10,000. */
  authorizeTimeout?: number | undefined;
  /** Subprotocols that the server knows. The client's first known one is taken. Default: none. */
  protocols?: readonly string[] | undefined;
  /** Takes the half-close of clients that offer it. Default: true. */
  halfClose?: boolean | undefined;
  /**
   * More connections than this at one time are refused with 503: those that are open, that wait for
   * `authorize`, and that ended before somebody took them. Default: no limit.
   */
  maxConnections?: number | undefined;
  /**
   * How many connections may wait until the loop takes them, and how many upgrades until `authorize`
   * answers; more get 503. Default: 1,024.
   */
  maxWaiting?: number | undefined;
  /**
   * Called for each upgrade that was refused: too many (`ERR_AW_LIMIT`), its origin, its handshake or
   * `authorize` was against it (`ERR_AW_CONNECT`; what `authorize` threw is the cause), or that took
   * too long (`ERR_AW_TIMEOUT`). If it throws, that is a warning of the process.
   */
  onRefused?: ((error: AsyncWriteError) => void) | undefined;
}

export const ACCEPT_OPTIONS: Schema<AcceptOptions> = {
  ...CONNECTION_OPTIONS,
  ...WS_OPTIONS,
  authorize: FUNCTION,
  authorizeTimeout: MILLISECONDS,
  halfClose: BOOLEAN,
  maxConnections: POSITIVE_COUNT,
  maxWaiting: POSITIVE_COUNT,
  onRefused: FUNCTION,
  origins: either(FUNCTION, listOf(STRING)),
  path: STRING,
  protocols: listOf(STRING),
};

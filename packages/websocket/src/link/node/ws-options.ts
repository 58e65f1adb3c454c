import { BOOLEAN, either, integer, nested, type Rule, type Schema } from "@aw/core/implementor";
import type { PerMessageDeflateOptions } from "ws";
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from "./heartbeat.ts";

/** What both ends on Node take. */
export interface WsOptions {
  /** The largest message that is taken, in bytes; more closes with 1009. Default: 16 MiB. */
  maxPayload?: number | undefined;
  /** Compression of each message (RFC 7692), if both ends want it. Default: false. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** Finds dead peers. Default: off. */
  heartbeat?: HeartbeatOptions | undefined;
}

/** Options that are passed on, and checked where they go. */
export const OBJECT: Rule = {
  allowed: "an object of options",
  accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

export const WS_OPTIONS: Schema<WsOptions> = {
  // ws counts in 32 bits.
  maxPayload: integer(1, 2 ** 31 - 1),
  perMessageDeflate: either(BOOLEAN, OBJECT),
  heartbeat: nested(HEARTBEAT_OPTIONS),
};

/**
 * How many fragments one message may have. Each takes memory beside its bytes, however few they are;
 * the test suite of the protocol (Autobahn) sends 65,536.
 */
export const MAX_FRAGMENTS: number = 128 * 1024;

/** The settings of `ws`. Its own types do not know all of them yet. */
export function wsSettings(options: WsOptions & { closeTimeout?: number | undefined }): {
  maxPayload: number;
  maxFragments: number;
  perMessageDeflate: boolean | PerMessageDeflateOptions;
  closeTimeout: number;
} {
  const { maxPayload = 16 * 1024 * 1024, perMessageDeflate = false } = options;
  const { closeTimeout = 10_000 } = options;
  return { maxPayload, maxFragments: MAX_FRAGMENTS, perMessageDeflate, closeTimeout };
}

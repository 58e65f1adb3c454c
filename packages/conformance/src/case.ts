import type { AsyncWrite } from "@aw/core";
import type { Driver } from "./driver.ts";
import type { Random } from "./random.ts";
import type { RuleId } from "./rules.ts";
import type { Supports } from "./subject.ts";

export interface MakeOptions {
  /** The max bytes that will be written. Default: 4 MiB. */
  room?: number;
  /** Whether the destination is full after `room` bytes. */
  full?: boolean;
  /** Puts an instrument between the layer and the destination; only for layers. */
  under?: (inner: AsyncWrite) => AsyncWrite;
  /** Whether the destination below a layer is vectored. Default: true. */
  isVectored?: boolean;
}

/** What a case works with. */
export interface CaseContext {
  /** Makes a fresh subject. It is cleaned up at the end of the case. */
  readonly make: (options?: MakeOptions) => Promise<Driver>;
  readonly supports: Required<Supports>;
  readonly random: Random;
  /** How many bytes make a case that has to be larger than what the writer holds. */
  readonly plenty: number;
}

export type Kind = "factory" | "layer";

/** One check of one rule, for any writer that can do what it needs. */
export interface CaseDefinition {
  readonly id: RuleId;
  /** What the writer does, as the end of a sentence that begins with its name. */
  readonly title: string;
  readonly needs?: readonly (keyof Supports)[];
  /** Only for writers that are made this way. */
  readonly only?: Kind;
  /** A layer is put through it once more in front of each instrument. */
  readonly repeats?: boolean;
  run(context: CaseContext): Promise<void>;
}

export const KIB = 1024;

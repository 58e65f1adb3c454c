import type { AsyncWrite, FailureListener } from "./async-write.ts";
import type { Operation } from "./operation.ts";
import type { WriterState } from "./state.ts";

/**
 * What a `Writer` drives: an {@link AsyncWrite} that says where it is in its life, and that may
 * have shorter ways for what a promise allows and a poll does not.
 *
 * For implementors: `CompletionEngine`, `TransformEngine` and `PassThrough` are engines. Whatever
 * else has the four methods of the trait becomes one by `toWriter`.
 */
export interface Engine extends AsyncWrite {
  readonly state: WriterState;

  readonly isVectored: boolean;

  abort(reason?: unknown): void;

  onFailure(listener: FailureListener): () => void;

  /**
   * Accepts all of `text` as UTF-8 and returns true, or accepts nothing and returns false. Only engines
   * that gather small writes have it.
   */
  acceptText?(text: string): boolean;

  /**
   * Has what was accepted leave now instead of at the end of the turn, if it can. Returns whether it leaves
   * without a flush at all. Only engines whose bytes do have it.
   */
  send?(): boolean;

  /** What a flush that is ready at once spends of the cooperative budget. Default: all of it. */
  readonly flushCost?: number;

  /**
   * Accepts a large buffer without a copy, or returns undefined to have it copied. The promise of
   * the `writeAll` stays pending until the loan is ready, and nobody reads the buffer after that,
   * nor after a failure.
   */
  lend?(data: Uint8Array): Operation<void> | undefined;
}

/** Whether it has what a `Writer` needs beyond the trait. */
export function isEngine(target: AsyncWrite): target is Engine {
  const { state, onFailure, abort } = target as Partial<Engine>;
  return (
    typeof state === "string" && typeof onFailure === "function" && typeof abort === "function"
  );
}

/** Whether it gathers small writes, so that gathering for it would only copy them once more. */
export function gathersByItself(target: AsyncWrite): boolean {
  return (engineOf(target) as Partial<Engine>).acceptText !== undefined;
}

/**
 * What layers and loops of polls work on: the engine that a `Writer` drives, anything else as it
 * is. A poll through the `Writer` would be one call more.
 */
export function engineOf(target: AsyncWrite): AsyncWrite {
  const { engine } = target as { engine?: AsyncWrite };
  return engine !== undefined && isEngine(engine) ? engine : target;
}

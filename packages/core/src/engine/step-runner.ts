import { isFailure, type Done } from "../trait/done.ts";

/**
 * Runs steps one at a time: each is answered once, and the next one begins when the one before was answered, whether
 * that was within its call or later. A subclass says what the steps are.
 */
export abstract class StepRunner<Step> {
  #current: Step | undefined;
  /** Whether `advance` is on the stack, so that an answer need not call it again. */
  #advancing = false;
  #stopped = false;

  /** The step that was begun and has not been answered. */
  get current(): Step | undefined {
    return this.#current;
  }

  /** Whether a call of {@link StepRunner.advance} is on the stack. */
  get isAdvancing(): boolean {
    return this.#advancing;
  }

  /** Asks for the next step until one has to be waited for, or there is none. */
  advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while (!this.#stopped && this.beginNext());
    } catch (error) {
      this.stepFailed(error);
    } finally {
      this.#advancing = false;
    }
  }

  /** Begins a step. Returns its answer, which counts once, and not after {@link StepRunner.stop}. */
  begin(step: Step): Done {
    this.#current = step;
    let answered = false;
    return (error) => {
      if (answered || this.#stopped) return;
      answered = true;
      this.#current = undefined;
      if (isFailure(error)) this.stepFailed(error);
      else this.stepDone(step);
    };
  }

  /** The writer is closed or has failed: no step begins any more, and no answer counts. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Does what can be done now, and begins the next step by {@link StepRunner.begin} if none is under way.
   * Returns whether to ask again.
   */
  protected abstract beginNext(): boolean;

  /** A step was answered without a failure. */
  protected abstract stepDone(step: Step): void;

  /** A step failed, or one could not be begun. */
  protected abstract stepFailed(error: unknown): void;
}

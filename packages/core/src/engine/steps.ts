import { isFailure, type Done } from "../trait/done.ts";

/** What an engine does in its steps. */
export interface StepHandlers<Step> {
  /**
   * Does what can be done now, and begins the next step by {@link Steps.begin} if none is under way.
   * Returns whether to ask again.
   */
  beginNext(): boolean;
  /** A step was answered without a failure. */
  done(step: Step): void;
  /** A step failed, or one could not be begun. */
  failed(error: unknown): void;
}

/**
 * Runs the steps of an engine one at a time: each is answered once, and the next one begins when
 * the one before was answered, whether that was within its call or later.
 */
export class Steps<Step> {
  readonly #handlers: StepHandlers<Step>;
  #current: Step | undefined;
  /** Whether `advance` is on the stack, so that an answer need not call it again. */
  #advancing = false;
  #stopped = false;

  constructor(handlers: StepHandlers<Step>) {
    this.#handlers = handlers;
  }

  /** The step that was begun and has not been answered. */
  get current(): Step | undefined {
    return this.#current;
  }

  /** Whether a call of {@link Steps.advance} is on the stack. */
  get isAdvancing(): boolean {
    return this.#advancing;
  }

  /** Asks for the next step until one has to be waited for, or there is none. */
  advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while (!this.#stopped && this.#handlers.beginNext());
    } catch (error) {
      this.#handlers.failed(error);
    } finally {
      this.#advancing = false;
    }
  }

  /** Begins a step. Returns its answer, which counts once, and not after {@link Steps.stop}. */
  begin(step: Step): Done {
    this.#current = step;
    let answered = false;
    return (error) => {
      if (answered || this.#stopped) return;
      answered = true;
      this.#current = undefined;
      if (isFailure(error)) this.#handlers.failed(error);
      else this.#handlers.done(step);
    };
  }

  /** The writer is closed or has failed: no step begins any more, and no answer counts. */
  stop(): void {
    this.#stopped = true;
  }
}

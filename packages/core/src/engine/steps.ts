import { isFailure, type Done } from "../trait/done.ts";

/** What an engine does in its steps. Each is given the engine last, so that one object can serve all of a kind. */
export interface StepHandlers<Step, Owner = unknown> {
  /**
   * Does what can be done now, and begins the next step by {@link Steps.begin} if none is under way.
   * Returns whether to ask again.
   */
  beginNext(owner: Owner): boolean;
  /** A step was answered without a failure. */
  done(step: Step, owner: Owner): void;
  /** A step failed, or one could not be begun. */
  failed(error: unknown, owner: Owner): void;
}

/**
 * Runs the steps of an engine one at a time: each is answered once, and the next one begins when
 * the one before was answered, whether that was within its call or later.
 */
export class Steps<Step, Owner = unknown> {
  readonly #handlers: StepHandlers<Step, Owner>;
  readonly #owner: Owner;
  #current: Step | undefined;
  /** Whether `advance` is on the stack, so that an answer need not call it again. */
  #advancing = false;
  #stopped = false;

  constructor(handlers: StepHandlers<Step, Owner>, owner: Owner) {
    this.#handlers = handlers;
    this.#owner = owner;
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
      while (!this.#stopped && this.#handlers.beginNext(this.#owner));
    } catch (error) {
      this.#handlers.failed(error, this.#owner);
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
      if (isFailure(error)) this.#handlers.failed(error, this.#owner);
      else this.#handlers.done(step, this.#owner);
    };
  }

  /** The writer is closed or has failed: no step begins any more, and no answer counts. */
  stop(): void {
    this.#stopped = true;
  }
}

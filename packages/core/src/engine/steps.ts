import { StepRunner } from "./step-runner.ts";

/** What an engine does in its steps. Each is given the engine last, so that one object can serve all of a kind. */
export interface StepHandlers<Step, Owner = unknown> {
  /** As {@link StepRunner.beginNext}. */
  beginNext(owner: Owner): boolean;
  done(step: Step, owner: Owner): void;
  failed(error: unknown, owner: Owner): void;
}

/** Steps as an object of its own: for an engine that shows what it inherits to everybody. */
export class Steps<Step, Owner = unknown> extends StepRunner<Step> {
  readonly #handlers: StepHandlers<Step, Owner>;
  readonly #owner: Owner;

  constructor(handlers: StepHandlers<Step, Owner>, owner: Owner) {
    super();
    this.#handlers = handlers;
    this.#owner = owner;
  }

  protected override beginNext(): boolean {
    return this.#handlers.beginNext(this.#owner);
  }

  protected override stepDone(step: Step): void {
    this.#handlers.done(step, this.#owner);
  }

  protected override stepFailed(error: unknown): void {
    this.#handlers.failed(error, this.#owner);
  }
}

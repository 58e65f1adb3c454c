import { describe, expect, it } from "vitest";
import type { Done } from "../../src/trait/done.ts";
import { Steps } from "../../src/engine/steps.ts";

/** Runs `plan` one after another; each step is answered when the test says so, or at once. */
class Plan {
  readonly log: string[] = [];
  readonly answers: Done[] = [];
  readonly steps: Steps<string>;
  readonly #plan: string[];
  throwAt: string | undefined;

  constructor(...plan: string[]) {
    this.#plan = plan;
    this.steps = new Steps<string>(
      {
        beginNext: () => this.#beginNext(),
        done: (step) => {
          this.log.push(`done ${step}`);
          this.steps.advance();
        },
        failed: (error) => {
          this.log.push(`failed ${String(error)}`);
          this.steps.stop();
        },
      },
      this,
    );
  }

  #beginNext(): boolean {
    if (this.steps.current !== undefined) return false;
    const step = this.#plan.shift();
    if (step === undefined) return false;
    this.log.push(`begin ${step}`);
    const done = this.steps.begin(step);
    if (step === this.throwAt) throw new Error("could not begin");
    if (step.endsWith("!")) done();
    else this.answers.push(done);
    return true;
  }
}

describe("Steps", () => {
  it("begins the next step when the one before was answered, and none before that", () => {
    const plan = new Plan("a", "b");
    plan.steps.advance();
    plan.steps.advance();
    expect(plan.log).toEqual(["begin a"]);
    plan.answers[0]?.();
    expect(plan.log).toEqual(["begin a", "done a", "begin b"]);
    expect(plan.steps.current).toBe("b");
  });

  it("goes through steps that are answered within their call in a loop, not by recursion", () => {
    const plan = new Plan(...Array.from({ length: 20_000 }, () => "s!"));
    plan.steps.advance();
    expect(plan.log).toHaveLength(40_000);
    expect(plan.steps.current).toBeUndefined();
  });

  it("counts each answer once, whatever it says the second time", () => {
    const plan = new Plan("a", "b", "c");
    plan.steps.advance();
    const [first] = plan.answers;
    first?.();
    first?.();
    first?.(new Error("late"));
    expect(plan.log).toEqual(["begin a", "done a", "begin b"]);
  });

  it.each([
    [new Error("disk"), true],
    [false, true],
    ["", true],
    [undefined, false],
    [null, false],
  ])("an answer of %s is a failure: %s", (answer, fails) => {
    const plan = new Plan("a");
    plan.steps.advance();
    plan.answers[0]?.(answer);
    expect(plan.log).toEqual(["begin a", fails ? `failed ${String(answer)}` : "done a"]);
  });

  it("takes what is thrown while a step is begun for its failure", () => {
    const plan = new Plan("a!", "b", "c");
    plan.throwAt = "b";
    plan.steps.advance();
    expect(plan.log).toEqual(["begin a!", "done a!", "begin b", "failed Error: could not begin"]);
    expect(plan.steps.isAdvancing).toBe(false);
  });

  it("begins nothing and counts no answer once it was stopped", () => {
    const plan = new Plan("a", "b");
    plan.steps.advance();
    plan.steps.stop();
    plan.answers[0]?.();
    plan.steps.advance();
    expect(plan.log).toEqual(["begin a"]);
  });
});

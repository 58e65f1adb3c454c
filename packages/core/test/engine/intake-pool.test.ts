import { CompletionEngine, Writer, type Done } from "@aw/core";
import { describe, expect, it } from "vitest";
import { acquireIntake, releaseIntake } from "../../src/engine/intake-pool.ts";
import type { Intake } from "../../src/engine/intake.ts";
import { LARGEST_SLAB } from "../../src/slab/slab-pool.ts";
import { bytes, CountingWaker, counted, turn } from "../instruments.ts";

const NO_STEPS = { advance: (): void => {} };

/** Gathers `size` bytes, which leave. */
function send(intake: Intake, size: number): void {
  intake.put(counted(size));
  intake.take();
  intake.land();
}

describe("an intake of the pool", () => {
  it("works for the next writer once it is given back", () => {
    const first = acquireIntake(LARGEST_SLAB, NO_STEPS);
    first.put(counted(10));
    first.flushRequested = true;
    first.take();
    first.land();
    expect(releaseIntake(first)).toBe(true);
    const log: string[] = [];
    const second = acquireIntake(LARGEST_SLAB, { advance: () => log.push("second") });
    expect(second).toBe(first);
    expect(second.flushRequested).toBe(false);
    second.push();
    expect(log).toEqual(["second"]);
  });

  it("knows nothing any more of the writer that gave it back", () => {
    const log: string[] = [];
    const intake = acquireIntake(LARGEST_SLAB, { advance: () => log.push("the writer") });
    releaseIntake(intake);
    intake.push();
    expect(log).toEqual([]);
  });

  it("is kept with 1,023 others", () => {
    const many = (): Intake[] =>
      Array.from({ length: 1100 }, () => acquireIntake(LARGEST_SLAB, NO_STEPS));
    const before = new Set(many());
    for (const intake of before) releaseIntake(intake);
    expect(many().filter((intake) => before.has(intake))).toHaveLength(1024);
  });

  it("comes back from a writer once all has left", async () => {
    const first = acquireIntake(LARGEST_SLAB, NO_STEPS);
    releaseIntake(first);
    const writer = new Writer(new CompletionEngine({ transmit: (_bytes, done) => done() }));
    await writer.writeAll("x");
    expect(acquireIntake(LARGEST_SLAB, NO_STEPS)).not.toBe(first);
    await writer.flush();
    expect(acquireIntake(LARGEST_SLAB, NO_STEPS)).toBe(first);
  });

  it("is its writer's while bytes are gathered or in flight", () => {
    const intake = acquireIntake(LARGEST_SLAB, NO_STEPS);
    intake.put(counted(10));
    expect(releaseIntake(intake)).toBe(false);
    intake.take();
    expect(releaseIntake(intake)).toBe(false);
    intake.land();
    expect(releaseIntake(intake)).toBe(true);
  });

  it("is its writer's while it knows that much is sent", () => {
    const intake = acquireIntake(LARGEST_SLAB, NO_STEPS);
    send(intake, 4096);
    expect(releaseIntake(intake)).toBe(false);
    // An eighth of the slab is not little.
    send(intake, 2048);
    expect(releaseIntake(intake)).toBe(false);
    send(intake, 1);
    expect(releaseIntake(intake)).toBe(true);
  });

  it("is not used again once it was sealed", () => {
    const intake = acquireIntake(LARGEST_SLAB, NO_STEPS);
    intake.seal();
    expect(releaseIntake(intake)).toBe(false);
  });

  it("is its writer's for good where the slabs are of another size", () => {
    const intake = acquireIntake(1000, NO_STEPS);
    expect(intake.max).toBe(1000);
    send(intake, 10);
    expect(releaseIntake(intake)).toBe(false);
  });
});

/** Answers a transmission when the test says so, or at once. */
class Line {
  readonly sent: string[] = [];
  readonly answers: Done[] = [];
  readonly writer: Writer;

  constructor(answersAtOnce: boolean) {
    const transmit = (data: Uint8Array, done: Done): void => {
      this.sent.push(new TextDecoder().decode(data));
      if (answersAtOnce) done();
      else this.answers.push(done);
    };
    this.writer = new Writer(new CompletionEngine({ transmit }));
  }
}

describe("writers that share intakes", () => {
  it.each([
    ["flush", (writer: Writer): Promise<void> => writer.flush()],
    ["the end of the turn", turn],
  ])("mix no bytes: each takes another one after %s", async (_, leave) => {
    const [one, other] = [new Line(true), new Line(true)];
    await one.writer.writeAll("1");
    await leave(one.writer);
    await other.writer.writeAll("a");
    await one.writer.writeAll("2");
    await other.writer.writeAll("b");
    await Promise.all([leave(one.writer), leave(other.writer)]);
    expect([one.sent, other.sent]).toEqual([["1", "2"], ["ab"]]);
  });

  it("give none away while it is in flight", async () => {
    const [slow, fast] = [new Line(false), new Line(true)];
    await slow.writer.writeAll("slow");
    slow.writer.flush().catch(() => {});
    slow.writer.engine.pollWrite(new CountingWaker(), bytes("er"));
    await fast.writer.writeAll("fast");
    await fast.writer.flush();
    slow.answers.shift()?.();
    await turn();
    expect([slow.sent, fast.sent]).toEqual([["slow", "er"], ["fast"]]);
  });

  it("give away none that an abort has cut off", async () => {
    const [cut, next] = [new Line(false), new Line(true)];
    await cut.writer.writeAll("cut");
    cut.writer.flush().catch(() => {});
    cut.writer.abort();
    await next.writer.writeAll("next");
    cut.answers[0]?.();
    await next.writer.flush();
    expect(next.sent).toEqual(["next"]);
  });
});

import { describe, expect, it } from "vitest";
import { SyncCoder, type Step, type SyncCodec, type Then } from "../src/sync/sync-coder.ts";

const FAILURE = { kind: "corrupt", message: "what went wrong" } as const;

/** Does what a test says, one step after another; then it uses all that it is given. */
class ScriptedCodec implements SyncCodec {
  /** What each step was given: its input, what follows, and the room for output. */
  readonly calls: [input: string, then: Then, room: number][] = [];
  readonly log: string[] = [];
  readonly #steps: Partial<Step & { output: string; fills: boolean }>[];

  constructor(...steps: Partial<Step & { output: string; fills: boolean }>[]) {
    this.#steps = steps;
  }

  step(input: Uint8Array, then: Then, output: Uint8Array<ArrayBuffer>): Step {
    this.calls.push([String(Buffer.from(input)), then, output.length]);
    const { output: text = "", fills = false, ...step } = this.#steps.shift() ?? {};
    if (fills) output.fill(46);
    const made = fills ? output.length : Buffer.from(text).copy(output);
    return { used: input.length, made, ended: false, ...step };
  }

  restart(): void {
    this.log.push("restart");
  }

  destroy(): void {
    this.log.push("destroy");
  }
}

function setUp(...steps: ConstructorParameters<typeof ScriptedCodec>) {
  const codec = new ScriptedCodec(...steps);
  const made: Uint8Array[] = [];
  const taking = { isFull: false };
  const coder = new SyncCoder(codec, (chunk) => {
    made.push(chunk);
    return !taking.isFull;
  });
  const answers: [failure: unknown, used: number][] = [];
  let answered!: () => void;
  const isAnswered = new Promise<void>((resolve) => (answered = resolve));
  const done = (failure: unknown, used: number) => {
    answers.push([failure, used]);
    answered();
  };
  return { codec, coder, made, taking, answers, done, isAnswered };
}

const text = (chunks: readonly Uint8Array[]) => String(Buffer.concat(chunks));

describe("a call of a synchronous coder", () => {
  it.each([
    ["write", "more"],
    ["flush", "flush"],
  ] as const)("%s: the input, and what follows it", async (call, then) => {
    const { codec, coder, made, answers, done, isAnswered } = setUp({ output: "made" });
    coder[call](Buffer.from("input"), done);
    await isAnswered;
    expect(codec.calls).toMatchObject([["input", then, expect.any(Number) as number]]);
    expect([text(made), answers]).toEqual(["made", [[undefined, 5]]]);
  });

  it("finish: no input, and the end", async () => {
    const { codec, coder, made, answers, done, isAnswered } = setUp({
      output: "made",
      ended: true,
    });
    coder.finish(done);
    await isAnswered;
    expect(codec.calls[0]?.slice(0, 2)).toEqual(["", "end"]);
    expect([text(made), answers]).toEqual(["made", [[undefined, 0]]]);
  });

  it("goes on with what was not used, and pushes nothing of a step that made nothing", async () => {
    const { codec, coder, made, answers, done, isAnswered } = setUp(
      { used: 2, output: "a" },
      { used: 3 },
    );
    coder.write(Buffer.from("input"), done);
    await isAnswered;
    expect(codec.calls.map(([input]) => input)).toEqual(["input", "put"]);
    expect([made.length, answers]).toEqual([1, [[undefined, 5]]]);
  });

  it("goes on without input while the output was full", async () => {
    const { codec, coder, made, answers, done, isAnswered } = setUp(
      { fills: true },
      { output: "rest" },
    );
    coder.flush(Buffer.from("input"), done);
    await isAnswered;
    expect(codec.calls.map(([input, then]) => [input, then])).toEqual([
      ["input", "flush"],
      ["", "flush"],
    ]);
    expect(text(made)).toBe(`${".".repeat(32 * 1024)}rest`);
    expect(answers).toEqual([[undefined, 5]]);
  });

  it("ends with the stream, and says how much of the input was of it", async () => {
    const { codec, coder, answers, done, isAnswered } = setUp({ used: 3, ended: true });
    coder.write(Buffer.from("input"), done);
    await isAnswered;
    expect([codec.calls.length, answers]).toEqual([1, [[undefined, 3]]]);
  });

  it("ends with a failure", async () => {
    const { codec, coder, answers, done, isAnswered } = setUp({ used: 1, failure: FAILURE });
    coder.write(Buffer.from("input"), done);
    await isAnswered;
    expect([codec.calls.length, answers]).toEqual([1, [[FAILURE, 1]]]);
  });

  it("gives a flush only with the last piece of a long input", async () => {
    const { codec, coder, answers, done, isAnswered } = setUp();
    coder.flush(Buffer.alloc(10_000), done);
    await isAnswered;
    expect(codec.calls.map(([input, then]) => [input.length, then])).toEqual([
      [8192, "more"],
      [1808, "flush"],
    ]);
    expect(answers).toEqual([[undefined, 10_000]]);
  });

  it("gives a flush with an input that is as long as a piece", async () => {
    const { codec, coder, done, isAnswered } = setUp();
    coder.flush(Buffer.alloc(8192), done);
    await isAnswered;
    expect(codec.calls.map(([input, then]) => [input.length, then])).toEqual([[8192, "flush"]]);
  });
});

describe("the memory for output", () => {
  it("is used on, until less than 1 KiB is left of it", () => {
    const steps = [31 * 1024 - 1, 1, 1].map((made) => ({ output: "x".repeat(made) }));
    const { codec, coder, made, done } = setUp(...steps);
    for (let call = 0; call < 3; call++) coder.write(Buffer.from("input"), done);
    coder.write(Buffer.from("input"), done);
    expect(codec.calls.map(([, , room]) => room)).toEqual([32 * 1024, 1025, 1024, 32 * 1024]);
    expect(new Set(made.map(({ buffer }) => buffer)).size).toBe(1);
  });
});

describe("output that has no room", () => {
  it("keeps a call waiting until there is some", () => {
    const { codec, coder, taking, answers, done } = setUp({ used: 1, output: "a" });
    taking.isFull = true;
    coder.write(Buffer.from("input"), done);
    expect([codec.calls.length, answers]).toEqual([1, []]);
    taking.isFull = false;
    coder.resume();
    expect(codec.calls.map(([input]) => input)).toEqual(["input", "nput"]);
    expect(answers).toEqual([[undefined, 5]]);
    coder.resume();
    expect(codec.calls).toHaveLength(2);
  });

  it("keeps none waiting that is over", () => {
    const { coder, taking, answers, done } = setUp({ output: "a" });
    taking.isFull = true;
    coder.write(Buffer.from("input"), done);
    expect(answers).toEqual([[undefined, 5]]);
  });
});

describe("a call that is begun when the one before is answered", () => {
  it("waits for room as any other", () => {
    const { codec, coder, taking, answers, done } = setUp(
      { used: 1, output: "a" },
      { output: "b" },
      { used: 1, output: "c" },
    );
    taking.isFull = true;
    coder.write(Buffer.from("one"), () => coder.write(Buffer.from("two"), done));
    coder.resume();
    expect(codec.calls.map(([input]) => input)).toEqual(["one", "ne", "two"]);
    taking.isFull = false;
    coder.resume();
    expect(codec.calls.map(([input]) => input)).toEqual(["one", "ne", "two", "wo"]);
    expect(answers).toEqual([[undefined, 3]]);
  });
});

it.each([
  ["an error", new RangeError("no memory")],
  ["something else", "no memory"],
])("fails with what the codec throws where nobody else could catch it: %s", (_name, cause) => {
  const { codec, coder, taking, answers, done } = setUp({ used: 1, output: "a" });
  taking.isFull = true;
  coder.write(Buffer.from("input"), done);
  codec.step = () => {
    throw cause;
  };
  coder.resume();
  expect(answers).toEqual([[{ kind: "failed", message: "no memory", cause }, 1]]);
});

describe("the end of a synchronous coder", () => {
  it("releases the codec, and answers nothing more", () => {
    const codec = new ScriptedCodec({ output: "a" });
    let answers = 0;
    const coder: SyncCoder = new SyncCoder(codec, () => {
      // Taking the output may be the end of the writer.
      coder.destroy();
      return true;
    });
    coder.write(Buffer.from("input"), () => answers++);
    expect([answers, codec.calls.length, codec.log]).toEqual([0, 1, ["destroy"]]);
  });

  it("while it waits for room: nothing is done when there is some", () => {
    const { codec, coder, taking, answers, done } = setUp({ used: 1, output: "a" });
    taking.isFull = true;
    coder.write(Buffer.from("input"), done);
    coder.destroy();
    coder.resume();
    expect([answers, codec.calls.length]).toEqual([[], 1]);
  });

  it("of a stream: it begins another one", () => {
    const { codec, coder } = setUp();
    coder.restart();
    expect(codec.log).toEqual(["restart"]);
  });
});

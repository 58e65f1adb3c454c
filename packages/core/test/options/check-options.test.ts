import { AsyncWriteError, fromWritableStream, memory, Reader, toReader } from "@aw/core";
import {
  ANYTHING,
  BOOLEAN,
  BYTES,
  checkArgument,
  checkOptions,
  checkWriter,
  COUNT,
  describeValue,
  either,
  FUNCTION,
  integer,
  listOf,
  MILLISECONDS,
  nested,
  number,
  oneOf,
  POSITIVE_COUNT,
  required,
  SIGNAL,
  STRING,
  type Rule,
  type Schema,
} from "@aw/core/implementor";
import { describe, expect, it } from "vitest";
import { bytes } from "../instruments.ts";

interface DialOptions {
  port: number;
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
  heartbeat?: { interval?: number | undefined } | undefined;
}

const DIAL: Schema<DialOptions> = {
  port: required(integer(0, 65_535)),
  timeout: MILLISECONDS,
  signal: SIGNAL,
  heartbeat: nested<{ interval?: number | undefined }>({ interval: MILLISECONDS }),
};

/** What plain JavaScript can pass. */
function dial(options: unknown): void {
  checkOptions("dial", options as DialOptions, DIAL);
}

function refused(message: string): unknown {
  return expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT", message });
}

describe("checkOptions", () => {
  it("takes what is allowed, and undefined as left out", () => {
    const signal = new AbortController().signal;
    dial({ port: 0, timeout: 2 ** 31 - 1, signal, heartbeat: { interval: 1 } });
    dial({ port: 65_535, timeout: undefined, signal: undefined, heartbeat: undefined });
  });

  it("takes an object of a class that has some of the options", () => {
    class Settings {
      port = 80;
    }
    dial(new Settings());
    dial(Object.assign(Object.create(null) as object, { port: 80 }));
  });

  it("looks again at options that are frozen, where what they hold is not", () => {
    const heartbeat = { interval: 5 };
    const options = Object.freeze({ port: 1, heartbeat });
    dial(options);
    heartbeat.interval = -5;
    expect(() => dial(options)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });

  it("takes frozen options that hold text or null", () => {
    const options = Object.freeze({ host: "::1", proxy: null });
    const take = (): void =>
      checkOptions("dial", options, { host: STRING, proxy: required(ANYTHING) });
    take();
    take();
  });

  it.each([
    { port: 1, timeout: 5 },
    { port: 1, heartbeat: Object.freeze({ interval: 5 }) },
  ])(
    "takes the same frozen options again, and refuses them where they are wrong: %j",
    (options) => {
      Object.freeze(options);
      for (let calls = 0; calls < 3; calls++) {
        dial(options);
        expect(() => checkOptions("other", options as object, {})).toThrow(
          refused('other: there is no option "port"; it takes'),
        );
      }
    },
  );

  it.each([
    [{ port: 1, timeuot: 5 }, 'dial: there is no option "timeuot"; did you mean timeout?'],
    [{ port: 1, Timeout: 5 }, 'dial: there is no option "Timeout"; did you mean timeout?'],
    [
      { port: 1, nagle: true },
      'dial: there is no option "nagle"; it takes port, timeout, signal, heartbeat',
    ],
    [
      { port: 1, constructor: 5 },
      'dial: there is no option "constructor"; it takes port, timeout, signal, heartbeat',
    ],
    [
      { port: 1, heartbeat: { intervall: 5 } },
      'dial: there is no option "heartbeat.intervall"; did you mean heartbeat.interval?',
    ],
    [
      { port: 1, "\u001b[2J": 5 },
      'dial: there is no option "\\u001b[2J"; it takes port, timeout, signal, heartbeat',
    ],
  ])("refuses a name that it does not know: %j", (options, message) => {
    expect(() => dial(options)).toThrow(refused(message));
  });

  it.each([
    [{}, "dial: port must be an integer from 0 to 65535, got undefined"],
    [{ port: "80" }, 'dial: port must be an integer from 0 to 65535, got "80"'],
    [
      { port: 1, timeout: 0 },
      "dial: timeout must be an integer of milliseconds from 1 to 2147483647, got 0",
    ],
    [
      { port: 1, signal: new AbortController() },
      "dial: signal must be an AbortSignal, got an AbortController",
    ],
    [{ port: 1, heartbeat: true }, "dial: heartbeat must be an object of options, got true"],
    [{ port: 1, heartbeat: null }, "dial: heartbeat must be an object of options, got null"],
    [{ port: 1, heartbeat: [] }, "dial: heartbeat must be an object of options, got an array"],
    [
      { port: 1, heartbeat: { interval: Infinity } },
      "dial: heartbeat.interval must be an integer of milliseconds from 1 to 2147483647, got Infinity",
    ],
  ])("says what was given and what is allowed: %j", (options, message) => {
    expect(() => dial(options)).toThrow(refused(message));
  });

  it.each([
    [null, "null"],
    [5, "5"],
    ["localhost", '"localhost"'],
    [[], "an array"],
    [Promise.resolve({}), "a Promise"],
    [AbortSignal.abort(), "an AbortSignal"],
  ])("refuses options that are %j", (options, got) => {
    expect(() => dial(options)).toThrow(refused(`dial: expected an object of options, got ${got}`));
  });
});

describe("each rule", () => {
  const signal = AbortSignal.abort();
  it.each<[string, Rule, readonly unknown[], readonly unknown[]]>([
    ["integer", integer(-2, 2), [-2, 0, 2], [-3, 3, 0.5, NaN, Infinity, "1", 1n, true, null, [1]]],
    ["number", number(0.5, 1), [0.5, 0.75, 1], [0.4, 1.1, NaN, Infinity, "1", null]],
    ["number without end", number(1), [1, 1e300], [0, Infinity, NaN]],
    ["COUNT", COUNT, [0, 2 ** 53 - 1], [-1, 1.5, 2 ** 53, Infinity]],
    ["POSITIVE_COUNT", POSITIVE_COUNT, [1], [0, -1, 1.5]],
    ["MILLISECONDS", MILLISECONDS, [1, 2 ** 31 - 1], [0, 2 ** 31, 0.5, -1, NaN, Infinity, "5"]],
    ["STRING", STRING, ["", "a"], [1, null, {}]],
    ["BOOLEAN", BOOLEAN, [true, false], [0, 1, "true", null]],
    ["FUNCTION", FUNCTION, [() => {}, Map], [{}, "f", null]],
    ["BYTES", BYTES, [new Uint8Array(1), Buffer.from("a")], [[1], "a", new ArrayBuffer(1), null]],
    [
      "SIGNAL",
      SIGNAL,
      [signal],
      [new AbortController(), { aborted: false }, new EventTarget(), null],
    ],
    ["ANYTHING", ANYTHING, [null, 1], []],
    ["oneOf", oneOf("a", 1, false), ["a", 1, false], ["b", "1", null, 0]],
    ["either", either(oneOf(false), COUNT), [false, 3], [true, -1]],
    ["listOf", listOf(STRING), [[], ["a"]], ["a", [1], new Set(["a"]), null]],
  ])("%s", (_name, rule, allowed, others) => {
    for (const value of allowed) checkArgument("f", "x", value, rule);
    for (const value of [...others, undefined].filter((given) => rule !== ANYTHING || given)) {
      expect(() => checkArgument("f", "x", value, rule), String(value)).toThrow(
        refused(`f: x must be ${rule.allowed}, got ${describeValue(value)}`),
      );
    }
  });
});

describe("checkWriter", () => {
  it("takes what has the polls, or what plain JavaScript calls a writer", () => {
    checkWriter("gzip", { pollWrite: () => 0, pollFlush() {}, pollClose() {} });
    checkWriter("gzip", memory());
    checkWriter("gzip", {
      pollWrite: () => 0,
      pollFlush() {},
      pollClose() {},
      pollVectoredWrite: () => 0,
    });
  });

  it.each<[unknown, string]>([
    [undefined, "undefined"],
    [{ level: 6 }, "an object"],
    [Promise.resolve(memory()), "a Promise; await it first"],
    [new WritableStream(), "a WritableStream; wrap it with fromWritableStream"],
    [{ write() {}, on() {} }, "an object; wrap it with fromNodeWritable of @aw/node"],
    [{ pollFlush() {}, pollClose() {} }, "an object"],
    [memory, "a function"],
  ])("says of %s what it is, and how to make a writer of it", (value, got) => {
    expect(() => checkWriter("gzip", value)).toThrow(
      refused(`gzip: expected a writer (an AsyncWrite), got ${got}`),
    );
  });

  it("is right about fromWritableStream", () => {
    checkWriter("gzip", fromWritableStream(new WritableStream()));
  });
});

describe("a layer that needs a reader", () => {
  it.each<[unknown, string]>([
    [undefined, "undefined"],
    ["text", '"text"'],
    [{ level: 6 }, "an object"],
    [Promise.resolve(toReader([])), "a Promise; await it first"],
    [new ReadableStream(), "a ReadableStream; wrap it with toReader"],
    [[bytes("a")], "an array; wrap it with toReader"],
    [(async function* () {})(), "an object; wrap it with toReader"],
    [{ getReader() {} }, "an object; wrap it with toReader"],
    [memory, "a function"],
  ])("says of %s what it is, and how to make a reader of it", (value, got) => {
    expect(() => new Reader(value as never)).toThrow(
      refused(`Reader: expected a reader (an AsyncBufRead), got ${got}`),
    );
  });
});

describe("describeValue", () => {
  it.each<[unknown, string]>([
    ["a\n\u001b[31m\u009b", String.raw`"a\n\u001b[31m\u009b"`],
    ["x".repeat(40), `"${"x".repeat(40)}"`],
    ["x".repeat(41), `"${"x".repeat(40)}..."`],
    [Symbol("s"), "Symbol(s)"],
    [5n, "5n"],
    [Object.create(null), "an object"],
    [new AsyncWriteError("ERR_AW_IO", "m"), "an AsyncWriteError"],
    [-0, "0"],
  ])("%o", (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});

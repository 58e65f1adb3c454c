import * as core from "@aw/core";
import { describe, expect, it } from "vitest";

const { memory, sink } = core;

/** Every layer that works both ways, with arguments after its first that are right. */
const BOTH_WAYS: readonly [string, ...unknown[]][] = [
  ["inspect", () => {}],
  ["limit", 1],
  ["meter"],
  ["progress", { onProgress() {} }],
  ["throttle", { bytesPerSecond: 1 }],
  ["timeout", {}],
];

/** Every other factory that takes a writer. */
const LAYERS: readonly [string, ...unknown[]][] = [
  ["buffered"],
  ["compose"],
  ["framed", core.lines()],
  ["keepOpen"],
  ["lineBuffered"],
  ["tee"],
  ["toIterWriter"],
  ["toWritableStream"],
  ["toWriter"],
];

/** What people pass instead of a writer. */
const NOT_WRITERS: readonly unknown[] = [
  undefined,
  null,
  "file.txt",
  { maxBytes: 5 },
  Promise.resolve(sink()),
  new WritableStream(),
  process.stderr,
  { pollFlush() {}, pollClose() {} },
];

/** What people pass instead of a writer or a reader; the last could be both. */
const NEITHER: readonly unknown[] = [
  undefined,
  null,
  "file.txt",
  { maxBytes: 5 },
  Promise.resolve(sink()),
  { pollFlush() {}, pollClose() {} },
  process.stderr,
];

const NOT_POSITIVE_COUNTS = [0, -1, 1.5, NaN, Infinity, "5", null, true, 5n, 2 ** 53];
const NOT_COUNTS = [-1, 1.5, NaN, Infinity, "5", null];
const NOT_MILLISECONDS = [0, -1, 1.5, NaN, Infinity, 2 ** 31, "5s", null];
const NOT_FUNCTIONS = [undefined, null, 5, {}];
const NOT_FLAGS = [0, "true", null];
const NOT_SIGNALS = [new AbortController(), true, null, {}];

function connection(): core.Connection {
  const { writer, reader, readable } = core.pipe();
  return Object.assign(writer, { reader, readable });
}

const completion = (options: core.CompletionEngineOptions): unknown =>
  new core.CompletionEngine({ transmit() {} }, options);
const source = (options: core.SourceEngineOptions): unknown =>
  new core.SourceEngine({ resume() {}, pause() {}, destroy() {} }, options);
const transform = (options: core.TransformEngineOptions): unknown =>
  new core.TransformEngine(sink(), { transform() {} }, options);
const reading = (options: core.TransformReadEngineOptions): unknown =>
  new core.TransformReadEngine(core.toReader([]), { transform() {} }, options);

/** An argument or an option of a factory, how to pass it, and what it may not be. */
const ARGUMENTS: readonly [string, (value: never) => unknown, readonly unknown[]][] = [
  ["buffered: capacity", (v) => core.buffered(sink(), v), NOT_COUNTS],
  ["lineBuffered: capacity", (v) => core.lineBuffered(sink(), v), NOT_COUNTS],
  ["limit: maxBytes", (v) => core.limit(sink(), v), [...NOT_COUNTS, undefined]],
  ["memory: maxBytes", (v) => memory({ maxBytes: v }), NOT_COUNTS],
  ["pipe: capacity", (v) => core.pipe({ capacity: v }), NOT_POSITIVE_COUNTS],
  ["cursor", (v) => core.cursor(v), [undefined, 5, "abc", [1], new ArrayBuffer(1)]],
  ["inspect: fn", (v) => core.inspect(sink(), v), NOT_FUNCTIONS],
  ["progress: onProgress", (v) => core.progress(sink(), { onProgress: v }), NOT_FUNCTIONS],
  ["progress: total", (v) => core.progress(sink(), { onProgress() {}, total: v }), NOT_COUNTS],
  [
    "throttle: bytesPerSecond",
    (v) => core.throttle(sink(), { bytesPerSecond: v }),
    [0, -1, NaN, Infinity, "5", undefined],
  ],
  [
    "throttle: burst",
    (v) => core.throttle(sink(), { bytesPerSecond: 1, burst: v }),
    NOT_POSITIVE_COUNTS,
  ],
  ["timeout: write", (v) => core.timeout(sink(), { write: v }), NOT_MILLISECONDS],
  ["timeout: flush", (v) => core.timeout(sink(), { flush: v }), NOT_MILLISECONDS],
  ["timeout: close", (v) => core.timeout(sink(), { close: v }), NOT_MILLISECONDS],
  ["tee: onError", (v) => core.tee(sink(), { onError: v }), ["ignore", null, true]],
  ["compose: each layer", (v) => core.compose(sink(), v), [sink(), 5, undefined]],
  [
    "compose: what layer 1 returned",
    (v) => core.compose(sink(), () => v),
    [undefined, Promise.resolve(sink())],
  ],
  [
    "lengthDelimited: maxLength",
    (v) => core.lengthDelimited({ maxLength: v }),
    NOT_POSITIVE_COUNTS,
  ],
  ["lengthDelimited: lengthBytes", (v) => core.lengthDelimited({ lengthBytes: v }), [0, 3, "4", 8]],
  ["lengthDelimited: endian", (v) => core.lengthDelimited({ endian: v }), ["LE", null]],
  ["lines: maxLength", (v) => core.lines({ maxLength: v }), NOT_POSITIVE_COUNTS],
  ["ndjson: maxLength", (v) => core.ndjson({ maxLength: v }), NOT_POSITIVE_COUNTS],
  ["framed", (v) => core.framed(sink(), v), [core.lines, undefined, { encoder() {} }, "lines"]],
  ["unframed", (v) => core.unframed([], v), [core.lines, undefined, { decoder() {} }]],
  ["CompletionEngine: capacity", (v) => completion({ capacity: v }), NOT_POSITIVE_COUNTS],
  [
    "CompletionEngine: lend",
    (v) => completion({ lend: v }),
    [true, 5, null, {}, { from: 1 }, { atMost: 1 }],
  ],
  [
    "CompletionEngine: lend.from",
    (v) => completion({ lend: { from: v, atMost: 1 } }),
    NOT_POSITIVE_COUNTS,
  ],
  [
    "CompletionEngine: lend.atMost",
    (v) => completion({ lend: { from: 1, atMost: v } }),
    NOT_POSITIVE_COUNTS,
  ],
  ["SourceEngine: capacity", (v) => source({ capacity: v }), NOT_POSITIVE_COUNTS],
  ["TransformEngine: blockSize", (v) => transform({ blockSize: v }), NOT_POSITIVE_COUNTS],
  ["TransformEngine: firstBlockSize", (v) => transform({ firstBlockSize: v }), NOT_POSITIVE_COUNTS],
  ["TransformEngine: eager", (v) => transform({ eager: v }), NOT_FLAGS],
  ["TransformReadEngine: blockSize", (v) => reading({ blockSize: v }), NOT_POSITIVE_COUNTS],
  ["TransformReadEngine: eager", (v) => reading({ eager: v }), NOT_FLAGS],
  ["TransformReadEngine: flushOnIdle", (v) => reading({ flushOnIdle: v }), NOT_FLAGS],
  [
    "fromWritableStream",
    (v) => core.fromWritableStream(v),
    [undefined, sink(), process.stderr, new ReadableStream()],
  ],
];

/** The same for what answers with a promise. */
const ASYNC: readonly [string, (value: never) => Promise<unknown>, readonly unknown[]][] = [
  ["copy", (v) => core.copy(["a"], v), NOT_WRITERS],
  ["copy: signal", (v) => core.copy([], sink(), { signal: v }), NOT_SIGNALS],
  ["copy: onProgress", (v) => core.copy([], sink(), { onProgress: v }), NOT_FUNCTIONS.slice(1)],
  ["copy: flushOnIdle", (v) => core.copy([], sink(), { flushOnIdle: v }), NOT_FLAGS],
  [
    "copyBidirectional: a",
    (v) => core.copyBidirectional(v, connection()),
    [...NOT_WRITERS, sink()],
  ],
  [
    "copyBidirectional: b",
    (v) => core.copyBidirectional(connection(), v),
    [...NOT_WRITERS, sink()],
  ],
  [
    "copyBidirectional: signal",
    (v) => core.copyBidirectional(connection(), connection(), { signal: v }),
    NOT_SIGNALS,
  ],
  [
    "copyBidirectional: halfCloseTimeout",
    (v) => core.copyBidirectional(connection(), connection(), { halfCloseTimeout: v }),
    NOT_MILLISECONDS,
  ],
];

const NOT_BYTES = [undefined, null, 5, [1], new ArrayBuffer(1), {}];

type Wrong<On> = readonly [
  name: string,
  call: (on: On, value: never) => Promise<unknown>,
  values: readonly unknown[],
  message: RegExp,
];

/** The same for the operations of a reader of "abc", and what the message says. */
const READING: readonly Wrong<core.Reader>[] = [
  ["read: signal", (r, v) => r.read({ signal: v }), NOT_SIGNALS, /signal must be/],
  ["readInto: target", (r, v) => r.readInto(v), [...NOT_BYTES, "abc"], /expected a Uint8Array/],
  ["readInto: target", (r, v) => r.readInto(v), [new Uint8Array(0)], /no room/],
  [
    "readInto: signal",
    (r, v) => r.readInto(new Uint8Array(1), { signal: v }),
    NOT_SIGNALS,
    /signal/,
  ],
  ["readExactly: count", (r, v) => r.readExactly(v), NOT_COUNTS, /^readExactly: count/],
  [
    "readUntil: delimiter",
    (r, v) => r.readUntil(v),
    [-1, 256, 1.5, NaN, "", new Uint8Array(0), undefined, null, [10]],
    /^readUntil: the delimiter/,
  ],
  ["readUntil: maxBytes", (r, v) => r.readUntil(10, { maxBytes: v }), NOT_COUNTS, /maxBytes must/],
  ["readUntil: signal", (r, v) => r.readUntil(10, { signal: v }), NOT_SIGNALS, /signal must be/],
  ["readLine: maxLength", (r, v) => r.readLine({ maxLength: v }), NOT_COUNTS, /maxLength must be/],
  ["readAll: maxBytes", (r, v) => r.readAll({ maxBytes: v }), NOT_COUNTS, /maxBytes must be/],
  ["text: maxBytes", (r, v) => r.text({ maxBytes: v }), NOT_COUNTS, /maxBytes must be/],
  ["peek: count", (r, v) => r.peek(v), NOT_POSITIVE_COUNTS, /^peek: count/],
  ["skip: count", (r, v) => r.skip(v), NOT_COUNTS, /^skip: count/],
];

/** The same for the operations of a writer. */
const WRITING: readonly Wrong<core.Writer>[] = [
  ["write", (w, v) => w.write(v), [...NOT_BYTES, "abc"], /expected a Uint8Array/],
  ["writeAll", (w, v) => w.writeAll(v), NOT_BYTES, /expected a Uint8Array or a string/],
  ...(["writeVectored", "writeAllVectored"] as const).flatMap((name): Wrong<core.Writer>[] => [
    [
      name,
      (w, v) => w[name](v),
      [...NOT_BYTES, new Uint8Array(1), ["a"], [new Uint8Array(1), null]],
      /expected an array of Uint8Array/,
    ],
    [
      `${name}: signal`,
      (w, v) => w[name]([new Uint8Array(1)], { signal: v }),
      NOT_SIGNALS,
      /signal must be/,
    ],
  ]),
  ["write: signal", (w, v) => w.write(new Uint8Array(1), { signal: v }), NOT_SIGNALS, /signal/],
  ["writeAll: signal", (w, v) => w.writeAll("a", { signal: v }), NOT_SIGNALS, /signal must be/],
  ["flush: signal", (w, v) => w.flush({ signal: v }), NOT_SIGNALS, /signal must be/],
  ["close: signal", (w, v) => w.close({ signal: v }), NOT_SIGNALS, /signal must be/],
];

/** What others build on, over an inner reader or writer that is none. */
const BASES: readonly [string, (inner: never) => unknown][] = [
  ["Reader", (inner) => new core.Reader(inner)],
  ["TransformReadEngine", (inner) => new core.TransformReadEngine(inner, { transform() {} })],
  ["Writer", (inner) => new core.Writer(inner)],
  ["TransformEngine", (inner) => new core.TransformEngine(inner, { transform() {} })],
  ["Mine", (inner) => new (class Mine extends core.ReadThrough {})(inner, "mine")],
  ["Mine", (inner) => new (class Mine extends core.PassThrough {})(inner, "mine")],
];

/** Each factory with options, given one that is misspelt or is no options at all. */
const MISSPELT: readonly [string, (options: never) => unknown][] = [
  ["lengthDelimited", (o) => core.lengthDelimited(o)],
  ["lines", (o) => core.lines(o)],
  ["CompletionEngine", completion],
  ["SourceEngine", source],
  ["TransformEngine", transform],
  ["TransformReadEngine", reading],
  ["memory", (o) => memory(o)],
  ["ndjson", (o) => core.ndjson(o)],
  ["pipe", (o) => core.pipe(o)],
  ["progress", (o) => core.progress(sink(), o)],
  ["tee", (o) => core.tee(sink(), o)],
  ["throttle", (o) => core.throttle(sink(), o)],
  ["timeout", (o) => core.timeout(sink(), o)],
];

const refused = (message: RegExp): unknown =>
  expect.objectContaining({
    code: "ERR_AW_INVALID_ARGUMENT",
    message: expect.stringMatching(message) as string,
  });

describe("a wrong call is refused at once, with a message that names what is wrong", () => {
  it.each(LAYERS.flatMap(([name, ...rest]) => NOT_WRITERS.map((inner) => ({ name, inner, rest }))))(
    "$name over $inner",
    ({ name, inner, rest }) => {
      // What is called is known by name only.
      const factory = (core as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
      expect(() => factory?.(inner, ...rest)).toThrow(
        refused(new RegExp(`^${name}: (expected|there is no option)`)),
      );
    },
  );

  it.each(BOTH_WAYS.flatMap(([name, ...rest]) => NEITHER.map((inner) => ({ name, inner, rest }))))(
    "$name over $inner",
    ({ name, inner, rest }) => {
      const factory = (core as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
      expect(() => factory?.(inner, ...rest)).toThrow(
        refused(new RegExp(`^${name}: (expected a writer or a reader|.* can be both)`)),
      );
    },
  );

  it.each(
    ARGUMENTS.flatMap(([name, call, values]) => values.map((value) => ({ name, call, value }))),
  )("$name of $value", ({ name, call, value }) => {
    expect(() => call(value as never)).toThrow(
      refused(new RegExp(`^(${name}|expected a Uint8Array)`)),
    );
  });

  it.each(ASYNC.flatMap(([name, call, values]) => values.map((value) => ({ name, call, value }))))(
    "$name of $value",
    async ({ name, call, value }) => {
      await expect(call(value as never)).rejects.toEqual(refused(new RegExp(`^${name}`)));
    },
  );

  it.each(
    MISSPELT.flatMap(([name, call]) =>
      [{ maxLenght: 5 }, Promise.resolve({}), null, 5].map((options) => ({ name, call, options })),
    ),
  )("$name with options $options", ({ name, call, options }) => {
    expect(() => call(options as never)).toThrow(
      refused(new RegExp(`^${name}: (expected|there is no option)`)),
    );
  });

  it.each(
    READING.flatMap(([name, call, values, message]) =>
      values.map((value) => ({ name, call, value, message })),
    ),
  )("$name of $value, and reads nothing", async ({ call, value, message }) => {
    const reader = core.toReader("abc");
    await expect(call(reader, value as never)).rejects.toEqual(refused(message));
    expect(await reader.text()).toBe("abc");
  });

  it.each(
    WRITING.flatMap(([name, call, values, message]) =>
      values.map((value) => ({ name, call, value, message })),
    ),
  )("$name of $value, and writes nothing", async ({ call, value, message }) => {
    const target = memory();
    await expect(call(target, value as never)).rejects.toEqual(refused(message));
    expect([target.length, target.state]).toEqual([0, "open"]);
  });

  it.each(BASES.flatMap(([name, make]) => NEITHER.map((inner) => ({ name, make, inner }))))(
    "$name over $inner",
    ({ name, make, inner }) => {
      expect(() => make(inner as never)).toThrow(
        refused(new RegExp(`^${name}: expected a (reader|writer)`)),
      );
    },
  );

  it.each([
    [null, "null"],
    [undefined, "undefined"],
    ["text", "string"],
    [5, "number"],
    [[1], "Array"],
    [Object.create(null), "an object"],
  ])("cursor over %o, saying what was given", (value, got) => {
    expect(() => core.cursor(value as never)).toThrow(refused(new RegExp(`got ${got}$`)));
  });
});

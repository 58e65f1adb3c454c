import { PassThrough } from "node:stream";
import { memory } from "@aw/core";

/** Values that an option must refuse. */
export type Wrong = readonly unknown[];

/** Wrong values for every option there is: one that comes or goes does not compile. */
export type WrongOptions<Options> = { readonly [Name in keyof Options]-?: Wrong };

export const COUNT: Wrong = [Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, "8"];
export const MILLISECONDS: Wrong = [Number.NaN, -1, 2 ** 31, "1s"];
export const BOOLEAN: Wrong = ["yes", 1];
export const FUNCTION: Wrong = ["f", {}];
export const SIGNAL: Wrong = [{}, "abort", new AbortController()];
export const STRING: Wrong = [7, {}];
export const BYTES: Wrong = ["text", 7];
export const CHOICE: Wrong = ["another", 7];
/** What Node's own TLS judges, which is no work of ours. */
export const LEFT_TO_NODE: Wrong = [];

/** What is given for a writer by mistake: a forgotten `await`, a stream of the platform, options first. */
export const NO_WRITER: Wrong = [
  undefined,
  null,
  "out",
  {},
  { level: 9 },
  Promise.resolve(memory()),
  new WritableStream(),
  new PassThrough(),
];

/** The same for a layer that works both ways: no writer and no reader, or both. */
export const NO_INNER: Wrong = [
  undefined,
  null,
  "out",
  {},
  { level: 9 },
  Promise.resolve(memory()),
  new PassThrough(),
];

/** The same for a reader, which streams and text are none before `toReader`. */
export const NO_READER: Wrong = [undefined, null, "in", {}, new ReadableStream(), memory()];

/** The same for a connection, of which a mere writer is none either. */
export const NO_CONNECTION: Wrong = [...NO_WRITER, memory()];

/** What is given for options by mistake. */
export const NO_OPTIONS: Wrong = [null, "fast", 7, [], new AbortController().signal];

/** A value in the name of a test. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return kind === "Object" ? shownObject(value) : Array.isArray(value) ? "[]" : kind;
}

function shownObject(value: object): string {
  const { name } = value.constructor ?? { name: "" };
  if (name !== "Object") return name;
  const entries = Object.entries(value).map(([key, each]) => `${key}: ${shown(each)}`);
  return `{${entries.join(", ")}}`;
}

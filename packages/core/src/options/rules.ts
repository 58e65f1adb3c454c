import { isBytes } from "../slab/bytes.ts";
import { MAX_TIMER_MS } from "../task/timer.ts";

/** What one option may be. */
export interface Rule {
  /** What is allowed, as it follows "must be" in the message. */
  readonly allowed: string;
  /** Whether a value is allowed. Not asked about undefined: that is an option left out. */
  accepts(value: unknown): boolean;
  /** Whether it may not be left out. */
  readonly required?: boolean;
  /** The options inside, if it is an object of options itself. */
  readonly schema?: Schema<object>;
}

/** A rule for each option: one that is forgotten does not compile. */
export type Schema<Options extends object> = {
  readonly [Name in keyof Required<Options>]: Rule;
};

/** An integer from `min` to `max`, both included. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Rule {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return {
    allowed: `an integer ${range}`,
    accepts: (value) => Number.isSafeInteger(value) && isWithin(value, min, max),
  };
}

/** A finite number from `min` to `max`, both included. */
export function number(min: number, max: number = Number.MAX_VALUE): Rule {
  const range = max === Number.MAX_VALUE ? `of at least ${min}` : `from ${min} to ${max}`;
  return { allowed: `a number ${range}`, accepts: (value) => isWithin(value, min, max) };
}

/** A number above 0. */
export const POSITIVE_NUMBER: Rule = {
  ...number(Number.MIN_VALUE),
  allowed: "a positive number",
};

/** A count or a size in bytes, 0 included. */
export const COUNT: Rule = integer(0);

/** A count or a size in bytes, at least 1. */
export const POSITIVE_COUNT: Rule = integer(1);

/** A time in milliseconds that a timer of the platform can wait, at least 1. */
export const MILLISECONDS: Rule = {
  ...integer(1, MAX_TIMER_MS),
  allowed: `an integer of milliseconds from 1 to ${MAX_TIMER_MS}`,
};

/** A string. */
export const STRING: Rule = ofType("string", "a string");

/** True or false. */
export const BOOLEAN: Rule = ofType("boolean", "true or false");

/** A function. */
export const FUNCTION: Rule = ofType("function", "a function");

/** A Uint8Array (a Buffer too), also one of another realm. */
export const BYTES: Rule = { allowed: "a Uint8Array", accepts: isBytes };

/** An AbortSignal, also one of another realm. */
export const SIGNAL: Rule = {
  allowed: "an AbortSignal",
  accepts: (value) =>
    hasMethods(value, ["addEventListener", "removeEventListener"]) && "aborted" in value,
};

/** Whatever it is, something else checks it: an option that is passed on to the platform. */
export const ANYTHING: Rule = { allowed: "anything", accepts: () => true };

/** One of a few values. */
export function oneOf(...choices: readonly (string | number | boolean | null)[]): Rule {
  const names = choices.map((choice) => JSON.stringify(choice));
  return {
    allowed: names.length === 1 ? `${names[0]}` : `one of ${names.join(", ")}`,
    accepts: (value) => (choices as readonly unknown[]).includes(value),
  };
}

/** What one of several rules allows. */
export function either(...rules: readonly Rule[]): Rule {
  return {
    allowed: rules.map(({ allowed }) => allowed).join(", or "),
    accepts: (value) => rules.some((rule) => rule.accepts(value)),
  };
}

/** An array of values of one kind, empty or not. */
export function listOf(rule: Rule): Rule {
  return {
    allowed: `an array, each entry ${rule.allowed}`,
    accepts: (value) => Array.isArray(value) && value.every((entry) => rule.accepts(entry)),
  };
}

/** An object of options inside an option. Its own are checked too. */
export function nested<Options extends object>(schema: Schema<Options>): Rule {
  return {
    allowed: "an object of options",
    accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    schema,
  };
}

/** An option that may not be left out. */
export function required(rule: Rule): Rule {
  return { ...rule, required: true };
}

/** Whether `value` is an object that has all these methods. */
export function hasMethods(value: unknown, names: readonly string[]): value is object {
  if (typeof value !== "object" || value === null) return false;
  // Every layer and copy asks: no closure for that.
  for (const name of names) {
    if (typeof (value as Record<string, unknown>)[name] !== "function") return false;
  }
  return true;
}

function ofType(type: "string" | "boolean" | "function", allowed: string): Rule {
  return { allowed, accepts: (value) => typeof value === type };
}

function isWithin(value: unknown, min: number, max: number): boolean {
  // Written so that NaN fails too.
  return typeof value === "number" && value >= min && value <= max;
}

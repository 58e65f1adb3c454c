import { invalidArgument } from "../trait/invalid-argument.ts";
import { describeValue } from "./describe-value.ts";
import { nearestName } from "./nearest-name.ts";
import type { Rule, Schema } from "./rules.ts";

/**
 * For implementors: refuses options that can't be meant, before anything is opened. An option that
 * is undefined counts as left out; one whose name is not known is refused, with the nearest known one.
 *
 * ```ts
 * const OPTIONS: Schema<ThrottleOptions> = {
 *   bytesPerSecond: required(number(1)),
 *   burst: POSITIVE_COUNT,
 * };
 *
 * function throttle(inner: AsyncWrite, options: ThrottleOptions): ThrottleWriter {
 *   checkOptions("throttle", options, OPTIONS);
 * ```
 *
 * Costs a look at each option that was given, and at each rule; once for options that are frozen throughout.
 *
 * @param what what the messages begin with: the name of the factory
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`, naming the option, what was given and what is
 * allowed
 */
export function checkOptions<Options extends object>(
  what: string,
  options: Options,
  schema: Schema<Options>,
): void {
  if (Object.isFrozen(options) && CHECKED.get(options) === schema) return;
  checkAll(what, "", options, schema);
  if (isConstant(options)) CHECKED.set(options, schema);
}

/** Options that can't change were checked once, as those that each connection of a transport has. */
const CHECKED = new WeakMap<object, object>();

/** Whether nothing in it can change any more. */
function isConstant(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  return Object.isFrozen(value) && Object.values(value).every(isConstant);
}

/**
 * For implementors: as `checkOptions`, for one argument. Undefined is refused as any other value.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`, naming the argument, what was given and what is allowed
 */
export function checkArgument(what: string, name: string, value: unknown, rule: Rule): void {
  if (!rule.accepts(value)) throw refused(what, name, value, rule);
}

function checkAll(what: string, prefix: string, options: object, schema: object): void {
  if (!areOptions(options, schema)) {
    throw invalidArgument(`${what}: expected an object of options, got ${describeValue(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(schema, name)) throw unknown(what, prefix, name, Object.keys(schema));
  }
  for (const [name, rule] of rulesOf(schema)) {
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined && !rule.required) continue;
    if (value === undefined || !rule.accepts(value))
      throw refused(what, prefix + name, value, rule);
    if (rule.schema !== undefined)
      checkAll(what, `${prefix}${name}.`, value as object, rule.schema);
  }
}

/** The rules of a schema, which never changes, with their names: made once for each. */
const RULES = new WeakMap<object, readonly [string, Rule][]>();

function rulesOf(schema: object): readonly [string, Rule][] {
  let rules = RULES.get(schema);
  if (rules === undefined) RULES.set(schema, (rules = Object.entries(schema) as [string, Rule][]));
  return rules;
}

/** A signal or a promise in their place is an object too, but says nothing that was meant. */
function areOptions(value: unknown, schema: object): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain || Object.keys(schema).some((name) => name in value);
}

function refused(what: string, name: string, value: unknown, rule: Rule): Error {
  return invalidArgument(`${what}: ${name} must be ${rule.allowed}, got ${describeValue(value)}`);
}

function unknown(what: string, prefix: string, name: string, known: readonly string[]): Error {
  const nearest = nearestName(name, known);
  const hint =
    nearest === undefined
      ? `it takes ${known.map((option) => prefix + option).join(", ")}`
      : `did you mean ${prefix}${nearest}?`;
  return invalidArgument(`${what}: there is no option ${describeValue(prefix + name)}; ${hint}`);
}

/** The longest text that a message repeats, in UTF-16 code units. */
const MAX_QUOTED = 40;

/**
 * What a message calls a value that was given: "-1", "NaN", "null", "a Promise", "an array". Text is
 * quoted, with control characters escaped, and cut off if it is long.
 */
export function describeValue(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(
      value.length > MAX_QUOTED ? `${value.slice(0, MAX_QUOTED)}...` : value,
    ).replaceAll(/[\u007f-\u009f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  }
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  const name: unknown = value.constructor?.name;
  if (typeof name !== "string" || name === "" || name === "Object") return "an object";
  return /^[AEIOU]/.test(name) ? `an ${name}` : `a ${name}`;
}

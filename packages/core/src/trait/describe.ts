/**
 * What to call a writer in `toString()` and in messages: its own `toString`, else its class.
 */
export function describe(writer: object): string {
  // oxlint-disable-next-line typescript/no-base-to-string -- that it is not the base one is what is asked
  if ("toString" in writer && writer.toString !== Object.prototype.toString) return String(writer);
  const name = writer.constructor?.name;
  return name === undefined || name === "Object" ? "writer" : name;
}

/** A positive whole number from the environment, if it is set and there is one. */
export function numberFromEnvironment(variable: string): number | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const text = process?.env?.[variable];
  const value = Number(text);
  return text === undefined || !Number.isSafeInteger(value) || value <= 0 ? undefined : value;
}

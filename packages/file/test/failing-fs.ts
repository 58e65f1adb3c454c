import type * as fs from "node:fs";

/** What fails, by the name of the function: with which error. */
export type Faults = Map<keyof typeof fs, Error>;

/** As Node reports what the system says. */
export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: as the test says`), { code });
}

type AnyFunction = (...args: unknown[]) => unknown;

/**
 * `node:fs` for `vi.mock`, in which the functions of `names` fail while `faults` says so: with a callback in a later
 * turn, without one by a throw. What no file system of a test machine does, does not go untested.
 */
export function failing(
  original: typeof fs,
  faults: Faults,
  names: readonly (keyof typeof fs)[],
): typeof fs {
  const replaced = names.map((name) => {
    const real = original[name] as unknown as AnyFunction;
    const replacement: AnyFunction = (...args) => {
      const fault = faults.get(name);
      if (fault === undefined) return real(...args);
      const callback = args.at(-1);
      if (typeof callback !== "function") throw fault;
      setImmediate(() => void (callback as AnyFunction)(fault));
    };
    // What `promisify` makes of it is written on it.
    Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(real));
    return [name, replacement] as const;
  });
  return { ...original, ...(Object.fromEntries(replaced) as object) };
}

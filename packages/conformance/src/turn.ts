interface Host {
  setImmediate?: (callback: () => void) => unknown;
}

const { setImmediate } = globalThis as Host;

/** Resolves in a later turn of the event loop: what was scheduled before has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate !== undefined) setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

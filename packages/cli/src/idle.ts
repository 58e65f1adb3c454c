/** Notices that nothing moves. */
export interface IdleTimer extends Disposable {
  /** Something moved. */
  readonly moved: () => void;
}

/** Calls `onIdle` when `milliseconds` have passed since the start, or since something moved. */
export function idleTimer(milliseconds: number | undefined, onIdle: () => void): IdleTimer {
  const timer = milliseconds === undefined ? undefined : setTimeout(onIdle, milliseconds);
  return {
    moved: () => timer?.refresh(),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

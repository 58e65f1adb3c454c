/** Notices that nothing moves. */
export interface IdleTimer extends Disposable {
  /** Something moved. */
  readonly moved: () => void;
  /** Nothing more is expected to. */
  readonly stop: () => void;
}

/** Calls `onIdle` when `milliseconds` have passed since the start, or since something moved. */
export function idleTimer(milliseconds: number | undefined, onIdle: () => void): IdleTimer {
  const timer = milliseconds === undefined ? undefined : setTimeout(onIdle, milliseconds);
  const stop = (): void => clearTimeout(timer);
  return { moved: () => timer?.refresh(), stop, [Symbol.dispose]: stop };
}

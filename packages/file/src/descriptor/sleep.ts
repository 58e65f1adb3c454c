const cell = new Int32Array(new SharedArrayBuffer(4));

/** Stops this thread, in milliseconds. */
export function sleep(milliseconds: number): void {
  if (milliseconds > 0) Atomics.wait(cell, 0, 0, milliseconds);
}

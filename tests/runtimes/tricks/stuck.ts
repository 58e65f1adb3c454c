/** Resolves once `progress` is the same for many turns of the event loop. */
export async function stuck(progress: () => number): Promise<void> {
  for (let last = -1, same = 0; same < 100; last = progress()) {
    same = progress() === last ? same + 1 : 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

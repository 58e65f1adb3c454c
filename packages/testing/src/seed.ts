/** The seed of this run, `AW_SEED` or another each time. Print it with every failure. */
export const SEED: number = Number(process.env["AW_SEED"] ?? Date.now() % 1_000_000);

const { bun, deno } = process.versions;

/** Whether this is Node itself. Deno and Bun have its modules, and other machinery behind them. */
export const isNode: boolean = bun === undefined && deno === undefined;

/** The environment without what the package manager that runs these tests has put there for its scripts. */
export function cleanEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|pnpm_|turbo_|vitest|node_env$|node_options$)/i.test(name),
  );
  return { ...Object.fromEntries(own), ...extra };
}

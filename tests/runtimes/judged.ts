import { EXCEPTIONS } from "./exceptions.ts";
import type { Outcome } from "./kit/collected.ts";

/** What is wrong with an outcome: failures that are no exception, and exceptions that no longer fail. */
export function faultsOf(runtime: string, name: string, { failed }: Outcome): string[] {
  const exceptions = EXCEPTIONS.filter((each) => each.runtime === runtime && each.package === name);
  const unknown = failed.filter(
    ({ name: title }) => !exceptions.some(({ cases }) => cases.test(title)),
  );
  const outdated = exceptions.filter(
    ({ cases, count }) => failed.filter(({ name: title }) => cases.test(title)).length !== count,
  );
  return [
    ...unknown.map(({ name: title, message }) => `${runtime}, @aw/${name}: ${title}\n${message}`),
    ...outdated.map(
      ({ cases, count, reason }) =>
        `${runtime}, @aw/${name}: not ${count} cases of ${cases} fail; change exceptions.ts, where it says: ${reason}`,
    ),
  ];
}

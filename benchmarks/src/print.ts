import type { Judged } from "./goals.ts";
import type { Comparison } from "./compare.ts";
import type { Result } from "./results.ts";

/** The tables of one case, as text. */
export function tableText({ results, missing }: Comparison): string {
  const tables = Map.groupBy(results, (result) => result.case);
  return [...tables]
    .map(([name, rows]) =>
      [
        `\n${name} (${rows[0]?.unit ?? ""})`,
        ...rows.map(line),
        ...missing.map(({ subject, why }) => `  ${subject.padEnd(WIDTH)}not measured: ${why}`),
      ].join("\n"),
    )
    .join("\n");
}

/** Which goals are met, as text. */
export function goalsText(judged: readonly Judged[]): string {
  const lines = judged.map(({ goal: { text, is, limit }, value, met }) =>
    [
      met ? "  met   " : "  MISSED",
      formatNumber(value).padStart(9),
      `  ${text}: ${is} ${limit}`,
    ].join(""),
  );
  return ["\nGoals", ...lines].join("\n");
}

const WIDTH = 36;

function line({ subject, median, min, max, ratio }: Result): string {
  const spread = `${formatNumber(min)} to ${formatNumber(max)}`;
  const times = ratio === null ? "" : `x ${formatNumber(ratio)}`;
  return `  ${subject.padEnd(WIDTH)}${formatNumber(median).padStart(9)}   ${spread.padEnd(22)}${times}`;
}

/** Three digits that say something. */
export function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

import { invalidArgument } from "@aw/core/implementor";

/** What is wrong with a close code or a reason (RFC 6455, sections 5.5.1 and 7.4). */
export function closeProblem(code: number, reason: string): string | undefined {
  const isAllowed =
    Number.isInteger(code) &&
    ((code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) ||
      (code >= 3000 && code <= 4999));
  if (!isAllowed) return `can't close with code ${code}; take 1000, or one of 3000 to 4999`;
  return new TextEncoder().encode(reason).length > 123
    ? "the reason of a close is at most 123 bytes"
    : undefined;
}

/** Refuses what can't be sent when a connection is dropped. 1000 would look like an orderly end. */
export function checkDrop(layer: string, code: number, reason: string): void {
  const problem =
    code === 1000 ? "1000 is an orderly end; use close()" : closeProblem(code, reason);
  if (problem !== undefined) throw invalidArgument(`${layer}: ${problem}`);
}

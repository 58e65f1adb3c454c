import { POISON } from "./instruments/poisoner.ts";
import type { RuleId } from "./rules.ts";
import { ConformanceError } from "./violation.ts";

/** How a write was answered. */
type Answer = "pending" | "threw" | "surplus";

/** The bytes of a call that were not accepted: they must not show up at the destination. */
interface Refused {
  readonly answer: Answer;
  readonly vectored: boolean;
  readonly head: Uint8Array;
}

/** So many equal bytes are no accident. */
const TELLING = 4;
const HEAD = 16;

/**
 * The model: which bytes were accepted, in order, and which were offered and refused. From what
 * arrived at the destination it tells which rule was broken.
 */
export class Ledger {
  #accepted: Uint8Array = new Uint8Array(1024);
  #length = 0;
  /** Where each accepted call ends, and whether it was a vectored one. */
  readonly #calls: { end: number; vectored: boolean }[] = [];
  readonly #refused: Refused[] = [];

  /** How many bytes were accepted. */
  get length(): number {
    return this.#length;
  }

  /** Notes the answer to a write of `buf`: n bytes of it were accepted. */
  accept(buf: Uint8Array, n: number, vectored: boolean): void {
    if (n < buf.length) this.refuse(buf.subarray(n), "surplus", vectored);
    if (n === 0) return;
    const end = this.#length + n;
    if (end > this.#accepted.length) {
      const grown = new Uint8Array(Math.max(end, this.#accepted.length * 2));
      grown.set(this.#accepted.subarray(0, this.#length));
      this.#accepted = grown;
    }
    this.#accepted.set(buf.subarray(0, n), this.#length);
    this.#length = end;
    this.#calls.push({ end, vectored });
  }

  refuse(buf: Uint8Array, answer: Answer, vectored: boolean): void {
    if (buf.length < TELLING) return;
    this.#refused.push({ answer, vectored, head: buf.slice(0, HEAD) });
  }

  /**
   * Compares with what was delivered.
   *
   * @param missing the rule that is broken if the end is missing; undefined if it may be
   */
  compare(delivered: Uint8Array, missing: RuleId | undefined): void {
    const at = firstDifference(this.#accepted.subarray(0, this.#length), delivered);
    if (at === delivered.length && (at === this.#length || missing === undefined)) return;
    const counts = `${this.#length} bytes were accepted, ${delivered.length} delivered`;
    if (at === delivered.length) {
      throw new ConformanceError(missing as RuleId, `${counts}: the end is missing`);
    }
    const [rule, finding] = this.#diagnose(at, delivered.subarray(at));
    throw new ConformanceError(rule, `${counts}; from byte ${at} on they differ: ${finding}`);
  }

  #diagnose(at: number, wrong: Uint8Array): [RuleId, string] {
    const poisoned = wrong.subarray(0, TELLING).every((byte) => byte === POISON);
    if (poisoned) return ["AW-WRITE-3", "the buffer was read after the call had returned"];
    for (const { answer, vectored, head } of this.#refused) {
      const compared = Math.min(head.length, wrong.length);
      if (compared < TELLING || firstDifference(head, wrong) < compared) continue;
      if (answer === "surplus" && !vectored) {
        return ["AW-WRITE-1", "bytes behind the count that was returned"];
      }
      if (answer === "threw") return ["AW-WRITE-6", "bytes of a write that threw"];
      const rule = vectored ? "AW-VEC-1" : "AW-WRITE-2";
      return [rule, answer === "surplus" ? "bytes behind the count" : "bytes of a PENDING write"];
    }
    const vectored =
      this.#calls.find(({ end }) => at < end)?.vectored ?? this.#calls.at(-1)?.vectored ?? false;
    return [vectored ? "AW-VEC-1" : "AW-WRITE-8", "bytes that are lost, doubled or swapped"];
  }
}

/** The index of the first difference, or the shorter length. */
function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let index = 0;
  while (index < length && a[index] === b[index]) index++;
  return index;
}

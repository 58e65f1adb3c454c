/**
 * The contract of `AsyncWrite`, one line a rule. The full text is in ARCHITECTURE.md.
 */
export const RULES = {
  "AW-WRITE-1": "Ready(n) means exactly the first n bytes were accepted, 0 <= n <= length",
  "AW-WRITE-2": "PENDING means no byte was accepted, and the waker will be woken",
  "AW-WRITE-3": "the buffer is the caller's again on return, unchanged and never read later",
  "AW-WRITE-4": "Ready(0) for a non-empty buffer means that nothing will ever be accepted again",
  "AW-WRITE-5": "an empty buffer gives Ready(0) with no effect, and throws as any write does",
  "AW-WRITE-6": "a throw means none of the call's bytes were accepted",
  "AW-WRITE-7":
    "a writer that must push earlier bytes on to make room does so itself, and one that sends without a flush sends all of them",
  "AW-WRITE-8": "accepted bytes reach the destination once and in order",
  "AW-VEC-1": "a vectored write follows the same rules over the concatenation of its buffers",
  "AW-VEC-2": "[] and all-empty lists behave as an empty buffer; empty buffers are skipped",
  "AW-VEC-3": "isVectored is true only where vectored calls gather, and wrappers forward it",
  "AW-FLUSH-1":
    "a flush is Ready once every byte accepted before it has left this writer and its inner one",
  "AW-FLUSH-2": "with nothing to flush, a flush is Ready and writes nothing",
  "AW-FLUSH-3": "after a flush that is PENDING, write, flush and close may follow in any order",
  "AW-CLOSE-1":
    "close flushes, ends the format, closes the inner writer once and releases everything",
  "AW-CLOSE-2": "from the first pollClose on, writes throw ERR_AW_CLOSED; flush stays legal",
  "AW-CLOSE-3": "close after Ready is Ready again, with no effect",
  "AW-CLOSE-4": "closing with nothing written leaves a valid empty stream",
  "AW-FAIL-1":
    "the first failure is latched: later polls throw the same object, and nothing is lost silently",
  "AW-FAIL-2": "a failure in the background wakes the pending task and is thrown at the next poll",
  "AW-FAIL-3": "no error is EAGAIN, EWOULDBLOCK or EINTR",
  "AW-FAIL-4": "a failed writer holds nothing any more; its inner writer is left as it is",
  "AW-FAIL-5":
    "onFailure calls each listener once, with the failure that polls throw, never synchronously",
  "AW-FAIL-6": "a listener that was removed is not called, nor any after close; nothing is left",
  "AW-FAIL-7": "what fails below a wrapper reaches its listeners without a poll",
  "AW-ABORT-1":
    "abort is synchronous and idempotent, releases all, wakes what is pending; later polls throw ERR_AW_ABORTED",
  "AW-ABORT-2": "after abort nothing at the destination looks finished that is not",
  "AW-WAKE-1": "the waker of the latest call is the one woken",
  "AW-WAKE-2": "spurious wakes and polls are harmless",
  "AW-WAKE-3": "wake() never polls synchronously",
  "AW-FAIR-1": "a writer that is always ready still lets timers and I/O run",
  "AW-FAIR-2": "what a writer holds is bounded by its documented capacity",
} as const;

/** The contract of `AsyncBufRead`, in the same way. */
export const READER_RULES = {
  "AW-READ-1": "every byte of the source is shown in order, and again until it is consumed",
  "AW-READ-2":
    "consume(n) uses up exactly n bytes of what the latest poll showed, and refuses more",
  "AW-READ-3": "a view keeps its bytes until consume or the next poll",
  "AW-READ-4": "an empty view means the end, and nothing else does; again at every later poll",
  "AW-READ-5":
    "PENDING means that nothing is there; the latest waker is woken, never polling within wake()",
  "AW-READ-6": "a failure comes after the bytes before it; later polls throw the same object",
  "AW-READ-7":
    "abort is synchronous and idempotent, makes the source stop, wakes what is pending; later polls throw ERR_AW_ABORTED",
  "AW-READ-8": "what a reader reads ahead is bounded by its documented capacity",
  "AW-READ-9": "what pollTake returns is consumed, and is the caller's own memory",
  "AW-READ-10": "a reader that is always ready still lets timers and I/O run",
} as const;

/** The id of a rule of the contract of readers. */
export type ReaderRuleId = keyof typeof READER_RULES;

/** Their ids, in the order of the contract. */
export const READER_RULE_IDS: readonly ReaderRuleId[] = Object.keys(READER_RULES) as ReaderRuleId[];

/** The id of a rule of the contract of writers. */
export type RuleId = keyof typeof RULES;

/** All ids, in the order of the contract. */
export const RULE_IDS: readonly RuleId[] = Object.keys(RULES) as RuleId[];

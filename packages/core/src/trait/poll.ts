/**
 * The answer of a poll that can't be completed now: nothing happened, and the waker that was
 * passed will be woken. Registered globally, so that two copies of this package understand
 * each other.
 */
export const PENDING: unique symbol = Symbol.for("@aw/PENDING") as never;

/** The type of {@link PENDING}. */
export type Pending = typeof PENDING;

/** `Poll<Result<T, Error>>` of Rust: the value, {@link PENDING}, or a throw. */
export type Poll<T> = T | Pending;

import { integer, oneOf, type Rule } from "@aw/core/implementor";

/** The values of the option `io`. */
export const IO: Rule = oneOf("async", "sync");

/** The values of the option `durability`. */
export const DURABILITY: Rule = oneOf("none", "data", "full");

/** The permissions of a file, set-user-id and the like included. */
export const MODE: Rule = {
  ...integer(0, 0o7777),
  allowed: "the permissions of a file, such as 0o640",
};

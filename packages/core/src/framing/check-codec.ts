import { describeValue } from "../options/describe-value.ts";
import { hasMethods } from "../options/rules.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";

/** Refuses what is no codec: above all `lines` where `lines()` is meant. */
export function checkCodec(what: string, codec: unknown): void {
  if (hasMethods(codec, ["encode"])) return;
  const remedy = typeof codec === "function" ? "; call it to make one, as in lines()" : "";
  throw invalidArgument(`${what}: expected a codec, got ${describeValue(codec)}${remedy}`);
}

import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };

/** What is exported is a promise: a name that comes or goes has to be meant. */
describe("the exports of @aw/core", () => {
  it("are two entries", () => {
    expect(Object.keys(manifest.exports)).toEqual([".", "./implementor"]);
  });

  it("for implementors are these", async () => {
    expect(Object.keys(await import("@aw/core/implementor")).toSorted()).toEqual([
      "ANYTHING",
      "AcceptQueue",
      "BOOLEAN",
      "BYTES",
      "COSTLY",
      "COUNT",
      "Deadline",
      "FUNCTION",
      "LinkedList",
      "MAX_TIMER_MS",
      "MILLISECONDS",
      "POSITIVE_COUNT",
      "POSITIVE_NUMBER",
      "SIGNAL",
      "STRING",
      "Timer",
      "checkArgument",
      "checkInner",
      "checkOptions",
      "checkWriter",
      "describeValue",
      "either",
      "formatAddress",
      "integer",
      "invalidArgument",
      "isWriter",
      "layerOn",
      "listOf",
      "nested",
      "number",
      "oneOf",
      "reportThrown",
      "required",
      "spend",
      "throwIfAborted",
    ]);
  });
});

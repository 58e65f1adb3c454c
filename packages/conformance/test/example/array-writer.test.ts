import { conformance } from "@aw/conformance/vitest";
import { ArrayDestination, arrayWriter } from "./array-writer.ts";

conformance({
  name: "arrayWriter",
  factory: () => {
    const destination = new ArrayDestination();
    return {
      writer: arrayWriter(destination),
      delivered: () => Buffer.concat(destination.chunks),
      finished: () => destination.isFinished,
    };
  },
  supports: { finished: true },
});

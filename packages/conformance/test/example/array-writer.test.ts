import { conformance } from "@aw/conformance/vitest";
import { ArrayWriter } from "./array-writer.ts";

conformance({
  name: "ArrayWriter",
  factory: () => {
    const writer = new ArrayWriter();
    return {
      writer,
      delivered: () => Buffer.concat(writer.chunks),
      finished: () => writer.isFinished,
    };
  },
  supports: { finished: true },
});

import { conformance } from "@aw/conformance/node-test";
import { memory } from "@aw/core";

conformance({
  name: "memory",
  factory: () => {
    const writer = memory();
    return { writer, delivered: () => writer.bytes() };
  },
  seeds: 100,
});

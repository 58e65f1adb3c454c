import { it } from "vitest";

// Scripts, because tests/runtimes runs them on other versions of Node, too.
it("a block is flushed in one trip to the thread pool by what no documentation says", () =>
  import("./insides/flush-in-one-trip.ts"));

it("a stream of zlib can be used by its handle", () => import("./insides/handle-codec.ts"));

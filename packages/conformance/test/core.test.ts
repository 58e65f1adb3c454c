import { buffered, cursor, keepOpen, memory, sink, toWriter, type AsyncWrite } from "@aw/core";
import { Destination } from "../src/index.ts";
import { conformance } from "../src/vitest.ts";
import {
  arrayFactory,
  Doubling,
  hasTrailer,
  Holding,
  transformed,
  undouble,
  unescape,
  xor,
  Xor,
  type Speed,
} from "./subjects.ts";

conformance({
  name: "memory",
  factory: ({ room }) => {
    const writer = memory({ maxBytes: room });
    const finished = () => writer.state === "closed";
    return { writer, delivered: () => writer.bytes(), finished };
  },
  supports: { full: true, finished: true, unprompted: true },
});

conformance({
  name: "sink",
  factory: () => ({ writer: sink() }),
  supports: { delivered: false },
});

conformance({
  name: "cursor",
  factory: ({ room }) => {
    const target = new Uint8Array(room);
    const writer = cursor(target);
    return { writer, delivered: () => target.slice(0, writer.position) };
  },
  supports: { full: true },
});

for (const capacity of [0, 1, 16, 65_536]) {
  conformance({
    name: `buffered(${capacity})`,
    layer: (inner) => ({ writer: buffered(inner, capacity), bound: capacity }),
  });
}

conformance({
  name: "keepOpen",
  layer: keepOpen,
  supports: { finished: false, abortsInner: false },
});

conformance({ name: "lifted", layer: (inner) => toWriter(bare(inner)) });

for (const speed of ["sync", "async", "slow"] satisfies Speed[]) {
  for (const commits of [false, true]) {
    for (const capacity of [100, 65_536]) {
      conformance({
        name: `CompletionEngine (${speed}, ${commits ? "commits, " : ""}${capacity})`,
        factory: arrayFactory({ speed, capacity, commits }),
        supports: { finished: true, fail: true, stall: speed !== "sync", unprompted: true },
      });
    }
  }
}

conformance({
  name: "TransformEngine (xor)",
  layer: (inner) => transformed(inner, new Xor()),
  decode: xor,
});

conformance({
  name: "TransformEngine (doubling)",
  layer: (inner) => transformed(inner, new Doubling(), { blockSize: 4096 }),
  decode: undouble,
});

for (const blockSize of [50, 65_536]) {
  conformance({
    name: `TransformEngine (holding, ${blockSize})`,
    layer: (inner, { later }) => transformed(inner, new Holding(later), { blockSize }),
    decode: unescape,
    isComplete: hasTrailer,
  });
}

conformance({
  name: "the kit's own destination",
  factory: ({ room }) => {
    const writer = new Destination({ room });
    return {
      writer,
      delivered: () => writer.bytes(),
      finished: () => writer.isClosed,
      fail: (error) => writer.fail(error),
      stall: () => writer.stall(),
      release: () => writer.release(),
      bound: 0,
    };
  },
  supports: { finished: true, fail: true, stall: true, full: true },
});

/** The four methods and no more: what somebody wrote without this library. */
function bare(inner: AsyncWrite): AsyncWrite {
  return {
    pollWrite: (waker, buf) => inner.pollWrite(waker, buf),
    pollVectoredWrite: (waker, bufs) => inner.pollVectoredWrite(waker, bufs),
    pollFlush: (waker) => inner.pollFlush(waker),
    pollClose: (waker) => inner.pollClose(waker),
    abort: (reason) => inner.abort?.(reason),
    onFailure: (listener) => inner.onFailure?.(listener) ?? (() => {}),
    isVectored: inner.isVectored ?? false,
  };
}

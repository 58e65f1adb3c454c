import { duplexPair, Writable } from "node:stream";
import { conformance, readerConformance } from "@aw/conformance/vitest";
import { fromNodeDuplex, fromNodeWritable } from "@aw/node";

/** A Writable that keeps its chunks. */
class Collector extends Writable {
  readonly chunks: Buffer[] = [];
  isFinished = false;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    setImmediate(done);
  }

  override _final(done: () => void): void {
    setImmediate(() => {
      this.isFinished = !this.destroyed;
      done();
    });
  }
}

conformance({
  name: "fromNodeWritable",
  factory: () => {
    const stream = new Collector();
    return {
      writer: fromNodeWritable(stream),
      delivered: () => new Uint8Array(Buffer.concat(stream.chunks)),
      finished: () => stream.isFinished,
      fail: (error) => {
        const closed = new Promise<void>((resolve) => {
          stream.on("close", resolve);
        });
        stream.destroy(error);
        return closed;
      },
    };
  },
  supports: { finished: true, fail: true },
});

// Not `finished`: whether the other end of a pair sees an end or a destroy is Node's affair.
conformance({
  name: "fromNodeDuplex",
  factory: () => {
    const [near, far] = duplexPair();
    const chunks: Buffer[] = [];
    far.on("data", (chunk: Buffer) => chunks.push(chunk));
    return {
      writer: fromNodeDuplex(near),
      delivered: () => new Uint8Array(Buffer.concat(chunks)),
      cleanup: () => {
        near.destroy();
        far.destroy();
      },
    };
  },
});

readerConformance({
  name: "fromNodeDuplex",
  factory: () => {
    const [near, far] = duplexPair();
    far.on("error", () => {});
    const connection = fromNodeDuplex(near);
    return {
      reader: connection.reader,
      give: (bytes) => void far.write(bytes),
      end: () => void far.end(),
      cleanup: () => {
        connection.abort();
        far.destroy();
      },
    };
  },
  // Not `fail`: what the far end has not passed on is lost when this one is destroyed.
  supports: {},
});

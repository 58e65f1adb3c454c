import { createConnection } from "node:net";
import { CompletionEngine, Writer } from "@aw/core";

/** A writer into a TCP connection to this machine. */
export function dial(port: number): Writer {
  const socket = createConnection({ port, allowHalfOpen: true }).resume();
  return new Writer(
    new CompletionEngine({
      start: (control) => void socket.on("error", (error) => control.fail(error)),
      transmit: (bytes, done) => void socket.write(bytes, done),
      finish: (done) => void socket.end(done),
      destroy: () => void socket.resetAndDestroy(),
      toString: () => `dial(${port})`,
    }),
  );
}

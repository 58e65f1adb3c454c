import { finished, type Duplex } from "node:stream";

/**
 * Calls `done` once all that a Duplex was given has left it.
 *
 * For Bun (1.4), whose TLSSocket says that a write is done once it is encrypted: the Duplex below queues what the
 * peer does not take, so a flush would claim what has not left, and nothing would bound the memory. On Node and Deno the
 * callback of a write comes after that of the Duplex. Once Bun does so, `tests/runtimes/tls-slow-reader.ts` still
 * passes without this.
 */
export function whenWritten(below: Duplex, done: (error?: Error | null) => void): void {
  if (below.writableLength === 0) done();
  else if (below.writableEnded || below.destroyed) finished(below, { readable: false }, done);
  // An empty chunk comes after all others.
  else below.write(Buffer.alloc(0), done);
}

import { AsyncResource } from "node:async_hooks";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { toWriter, type Connection } from "@aw/core";
import { resetSocket, toNodeDuplex } from "@aw/node";
import { freeSent } from "./free-sent.ts";

/**
 * What is below TLS. TLS records travel through a Duplex of our own, never through a socket's own
 * handle, because only so is it known whether the stream below had ended when TLS ended: without
 * that a cut stream can't be told from a whole one (RFC 8446, section 6.1).
 */
export interface Base {
  readonly duplex: Duplex;
  /** Whether the peer's stream has ended, and everything before its end was given to TLS. */
  readonly ended: boolean;
  readonly name: string;
  readonly socket: Socket | undefined;
  /** Flushes what is below, if what the Duplex has taken can wait there. */
  readonly flush?: () => Promise<void>;
  /** Drops the connection; the peer must not take it for an end. */
  abort(reason: unknown): void;
}

/** TLS over a socket: what it has taken is with the kernel. */
export function socketBase(socket: Socket, name: string): Base {
  return base(overSocket(socket), name, socket, {
    abort: () => resetSocket(socket),
  });
}

/** TLS over any connection, which is TLS's own from now on. */
export function connectionBase(connection: Connection): Base {
  const writer = toWriter(connection);
  return base(toNodeDuplex(connection), writer.toString(), undefined, {
    flush: () => writer.flush(),
    abort: (reason) => writer.abort(reason),
  });
}

function base(
  duplex: Duplex,
  name: string,
  socket: Socket | undefined,
  rest: Pick<Base, "flush" | "abort">,
): Base {
  let ended = false;
  duplex.once("end", () => {
    ended = true;
  });
  return {
    duplex,
    name,
    socket,
    get ended() {
      return ended;
    },
    ...rest,
  };
}

/** As the socket itself, but with an end that we see. What TLS writes passes through without a copy. */
function overSocket(socket: Socket): Duplex {
  const duplex = new Duplex({
    allowHalfOpen: true,
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      socket.write(chunk, whenSent([chunk], done));
    },
    writev(chunks, done) {
      socket.cork();
      const bufs = chunks.map(({ chunk }) => chunk as Buffer);
      const last = bufs.pop() as Buffer;
      for (const buf of bufs) socket.write(buf);
      socket.write(last, whenSent([...bufs, last], done));
      socket.uncork();
    },
    final(done) {
      socket.end(done);
    },
    read() {
      socket.resume();
    },
    destroy(error, done) {
      // An alert that says why may still be on its way.
      if (error === null) socket.destroySoon();
      else socket.destroy();
      done(error);
    },
  });
  // Node gives what comes of it the context that TLS began in, Deno that of the socket.
  const onData = AsyncResource.bind((chunk: Buffer) => {
    if (!duplex.push(chunk)) socket.pause();
  });
  socket.on("data", onData);
  socket.on("end", () => duplex.push(null));
  socket.on("error", (error) => duplex.destroy(error));
  socket.on("close", () => duplex.destroy());
  return duplex;
}

/** `done`, and the memory of what was sent freed. */
function whenSent(
  chunks: readonly Buffer[],
  done: (error?: Error | null) => void,
): (error?: Error | null) => void {
  return (error) => {
    if (!error) freeSent(chunks);
    done(error);
  };
}

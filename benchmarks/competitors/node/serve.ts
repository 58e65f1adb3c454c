import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { pipeline } from "node:stream";
import type { ProxyWay, Served, ServeWay } from "../../src/ways.ts";

/** How long the number is that begins a message: of the bytes that follow it. */
const HEAD = 4;

/** An end is answered with an end by whoever handles the socket. */
export async function serving(handler: (socket: Socket) => void): Promise<Served> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, handler);
  server.listen({ port: 0, host: "127.0.0.1", backlog: 511 });
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const written = (socket: Socket): void => {
  socket.on("data", (data) => socket.write(data));
  socket.on("end", () => socket.end());
};

/** Calls `write` with each message once it is whole, and `done` after those of one chunk. */
function eachMessage(
  socket: Socket,
  write: (message: Buffer) => void,
  done: () => void = () => {},
): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (at + HEAD <= data.length) {
      const end = at + HEAD + data.readUInt32BE(at);
      if (end > data.length) break;
      write(data.subarray(at, end));
      at = end;
    }
    rest = data.subarray(at);
    done();
  });
  socket.on("end", () => socket.end());
}

/** Corked until the messages of a chunk are answered. */
const corked = (socket: Socket): void => {
  let isCorked = false;
  const write = (message: Buffer): void => {
    if (!isCorked) socket.cork();
    isCorked = true;
    socket.write(message);
  };
  eachMessage(socket, write, () => {
    if (isCorked) socket.uncork();
    isCorked = false;
  });
};

export const serveEcho: Record<string, ServeWay> = {
  "data, write": () => serving(written),
  pipe: () => serving((socket) => socket.pipe(socket)),
};

export const serveMessages: Record<string, ServeWay> = {
  "write each": () =>
    serving((socket) => eachMessage(socket, (message) => void socket.write(message))),
  "cork, write each": () => serving(corked),
};

/** Connects at once, as the streams hold what comes before. */
const proxied =
  (join: (one: Socket, other: Socket) => void): ProxyWay =>
  ({ port }) =>
    serving((socket) => {
      join(socket, connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true }));
    });

export const proxy: Record<string, ProxyWay> = {
  pipe: proxied((one, other) => one.pipe(other).pipe(one)),
  pipeline: proxied((one, other) => {
    const done = (error: unknown): void => {
      if (error instanceof Error) throw error;
    };
    pipeline(one, other, done);
    pipeline(other, one, done);
  }),
};

import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { pipeline } from "node:stream";
import type { ProxyWay, Served, ServeWay } from "../../src/ways.ts";
import { splitMessages } from "./messages.ts";

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

const writtenEach = (socket: Socket): void => {
  socket.on(
    "data",
    splitMessages((message) => void socket.write(message)),
  );
  socket.on("end", () => socket.end());
};

/** Corked until the messages of a chunk are answered. */
const corked = (socket: Socket): void => {
  let isCorked = false;
  const split = splitMessages((message) => {
    if (!isCorked) socket.cork();
    isCorked = true;
    socket.write(message);
  });
  socket.on("data", (chunk) => {
    split(chunk);
    if (isCorked) socket.uncork();
    isCorked = false;
  });
  socket.on("end", () => socket.end());
};

export const serveEcho: Record<string, ServeWay> = {
  "data, write": () => serving(written),
  pipe: () => serving((socket) => socket.pipe(socket)),
};

export const serveMessages: Record<string, ServeWay> = {
  "write each": () => serving(writtenEach),
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

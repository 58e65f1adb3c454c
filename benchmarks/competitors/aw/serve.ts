import { copy, copyBidirectional, framed, lengthDelimited, serve, unframed } from "@aw/core";
import { connect, listen, type TcpConnection } from "@aw/tcp";
import type { ProxyWay, Served, ServeWay } from "../../src/ways.ts";

type Handler = (connection: TcpConnection) => Promise<unknown>;

async function serving(handler: Handler): Promise<Served> {
  const listener = await listen();
  const served = serve(listener, handler);
  return {
    port: listener.port,
    async close() {
      await listener.close();
      await served;
    },
  };
}

const looped: Handler = async (connection) => {
  for (;;) {
    const chunk = await connection.reader.read();
    if (chunk === undefined) return;
    await connection.writeAll(chunk);
    await connection.flush();
  }
};

/** As tokio's buffers by default, in bytes: each connection has one. */
const CAPACITY: number = 8 * 1024;

/** Into memory that is used again, as tokio's `read` does. */
const loopedInto: Handler = async (connection) => {
  const target = new Uint8Array(CAPACITY);
  for (;;) {
    const length = await connection.reader.readInto(target);
    if (length === 0) return;
    await connection.writeAll(target.subarray(0, length));
    await connection.flush();
  }
};

/** One by one, and no flush by hand. */
const sent: Handler = async (connection) => {
  const out = framed(connection, lengthDelimited());
  for await (const message of unframed(connection.reader, lengthDelimited())) {
    await out.send(message);
  }
};

export const serveEcho: Record<string, ServeWay> = {
  copy: () => serving((connection) => copy(connection.reader, connection)),
  "read, writeAll, flush": () => serving(looped),
  "readInto, writeAll, flush": () => serving(loopedInto),
};

export const serveMessages: Record<string, ServeWay> = {
  "unframed, send": () => serving(sent),
};

export const proxy: Record<string, ProxyWay> = {
  copyBidirectional: ({ port }) =>
    serving(async (connection) => {
      await copyBidirectional(connection, await connect({ host: "127.0.0.1", port }));
    }),
};

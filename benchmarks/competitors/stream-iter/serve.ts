import { connect, type Socket } from "node:net";
import type { ProxyWay, ServeWay } from "../../src/ways.ts";
import { splitMessages } from "../node/messages.ts";
import { serving } from "../node/serve.ts";
import { streamIter, type StreamIter } from "./iter.ts";

/** Of what comes in one batch, until there are no more. */
type Transform = (chunks: readonly Uint8Array[] | null) => Uint8Array[] | null;

/**
 * The chunks that come. Those of `fromReadable` destroy the socket when they end, with what is still to be sent; these
 * are told not to.
 */
function chunksOf(socket: Socket): AsyncIterable<Uint8Array> {
  return socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
}

/** What it calls unbounded waits for the drain; "strict" rejects instead. */
const writerOf = ({ fromWritable }: StreamIter, socket: Socket): unknown =>
  fromWritable(socket, { backpressure: "unbounded" });

const answering =
  (...transforms: (() => Transform)[]): ServeWay =>
  async () => {
    const iter = await streamIter();
    return serving((socket) => {
      const made = transforms.map((make) => make());
      void iter.pipeTo(chunksOf(socket), ...made, writerOf(iter, socket));
    });
  };

/** The messages of a batch. Its writer gets them with one `writev`. */
function messages(): Transform {
  let whole: Uint8Array[] = [];
  const split = splitMessages((message) => whole.push(message));
  return (chunks) => {
    if (chunks === null) return null;
    whole = [];
    for (const chunk of chunks) split(chunk as Buffer);
    return whole;
  };
}

export const serveEcho: Record<string, ServeWay> = { pipeTo: answering() };

export const serveMessages: Record<string, ServeWay> = {
  "pipeTo, transform": answering(messages),
};

export const proxy: Record<string, ProxyWay> = {
  pipeTo: async ({ port }) => {
    const iter = await streamIter();
    return serving((one) => {
      const other = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
      void iter.pipeTo(chunksOf(one), writerOf(iter, other));
      void iter.pipeTo(chunksOf(other), writerOf(iter, one));
    });
  },
};

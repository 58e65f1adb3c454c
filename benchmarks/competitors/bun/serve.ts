import type { ProxyWay, Served, ServeWay, SocketTarget } from "../../src/ways.ts";
import { splitMessages } from "../node/messages.ts";
import { bun } from "./bun.ts";
import { handlersOf, Link, NOT_YET, type Reacting, type Reaction } from "./link.ts";

const LOCAL = { hostname: "127.0.0.1", allowHalfOpen: true };

/** Rethrown where nothing catches it: a connection that failed fails the measurement. */
function fail(error: Error): void {
  queueMicrotask(() => {
    throw error;
  });
}

function serving(open: (socket: Reacting) => void): Promise<Served> {
  const listener = bun().listen({ ...LOCAL, port: 0, socket: handlersOf(open, fail) });
  return Promise.resolve({
    port: listener.port,
    close() {
      listener.stop();
      return Promise.resolve();
    },
  });
}

/** Of a socket that is the source of one link and the destination of another, or of the same. */
function reaction(source: Link, destination: Link): Reaction {
  return {
    data: (data) => source.pass(data),
    drain: () => destination.drained(),
    end: () => source.end(),
  };
}

/** Answers what comes: `answer` makes the function that does so, of the one that sends. */
const answering =
  (answer: (send: (data: Uint8Array) => void) => (data: Buffer) => void): ServeWay =>
  () =>
    serving((socket) => {
      const back = new Link(socket, socket);
      socket.data = { ...reaction(back, back), data: answer((data) => back.pass(data)) };
    });

/** What Bun's documentation advises for many small messages: its sockets keep none of them to send them together. */
const together = (send: (data: Uint8Array) => void): ((data: Buffer) => void) => {
  const sink = new (bun().ArrayBufferSink)();
  sink.start({ stream: true, asUint8Array: true, highWaterMark: 64 * 1024 });
  const split = splitMessages((message) => sink.write(message));
  return (data) => {
    split(data);
    const messages = sink.flush();
    if (messages.length > 0) send(messages);
  };
};

export const serveEcho: Record<string, ServeWay> = {
  "Bun.listen, write": answering((send) => send),
};

export const serveMessages: Record<string, ServeWay> = {
  "Bun.listen, write each": answering(splitMessages),
  "Bun.listen, ArrayBufferSink": answering(together),
};

/** The client is not read before the other server is there. */
async function joined(client: Reacting, { port }: SocketTarget): Promise<void> {
  client.pause();
  client.data = NOT_YET;
  const server = await bun().connect({
    ...LOCAL,
    port,
    data: NOT_YET,
    socket: handlersOf(() => {}, fail),
  });
  const there = new Link(client, server);
  const back = new Link(server, client);
  client.data = reaction(there, back);
  server.data = reaction(back, there);
  client.resume();
}

export const proxy: Record<string, ProxyWay> = {
  "Bun.listen, Bun.connect": (to) => serving((client) => void joined(client, to).catch(fail)),
};

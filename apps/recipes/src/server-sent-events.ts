/**
 * Server-sent events with gzip: each event is with the client as soon as it is sent.
 *
 *     node server-sent-events.ts 8080
 *     curl --compressed -N localhost:8080
 *
 * gzip holds an event back until it is flushed, which compression middleware leaves to you. Here `flush`
 * goes through gzip, and resolves when the kernel has the event. A client that takes nothing for ten
 * seconds is dropped, so that one who sleeps costs no memory.
 */
import { createServer, type ServerResponse } from "node:http";
import { setInterval } from "node:timers/promises";
import { gzip } from "@aw/compression";
import { framed, timeout, type Codec } from "@aw/core";
import { fromNodeWritable } from "@aw/node";

export interface ServerEvent {
  id?: string;
  event?: string;
  data: string;
}

/** The wire format of https://html.spec.whatwg.org/multipage/server-sent-events.html. */
const serverSentEvents: Codec<ServerEvent> = {
  name: "server-sent events",
  encode({ id, event, data }) {
    const fields = Object.entries({ id, event }).filter(([, value]) => value !== undefined);
    const lines = [...fields, ...data.split(/\r\n|\r|\n/).map((line) => ["data", line])];
    return [Buffer.from(`${lines.map(([name, value]) => `${name}: ${value}\n`).join("")}\n`)];
  },
};

/** Resolves when the events are over; rejects when the client is gone. */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<ServerEvent>,
  patience: number = 10_000,
): Promise<void> {
  response.setHeader("Content-Type", "text/event-stream");
  response.setHeader("Content-Encoding", "gzip");
  const client = timeout(fromNodeWritable(response), { write: patience, flush: patience });
  await using out = framed(gzip(client), serverSentEvents);
  for await (const event of events) {
    await out.send(event);
    await out.flush();
  }
  await out.close();
}

async function* clock(): AsyncGenerator<ServerEvent> {
  for await (const _ of setInterval(1000)) yield { event: "tick", data: new Date().toISOString() };
}

if (import.meta.main) {
  createServer((_request, response) => {
    sendEvents(response, clock()).catch((error: unknown) => console.error(error));
  }).listen(Number(process.argv[2] ?? 8080));
}

/** A program on Node that uses every package, with `@types/node`. */
import { createServer } from "node:http";
import { gzip } from "@aw/compression";
import type { ConformanceOptions } from "@aw/conformance";
import { copy, lines, unframed } from "@aw/core";
import { AcceptQueue } from "@aw/core/implementor";
import { open, stderr } from "@aw/file";
import { fromNodeWritable } from "@aw/node";
import * as tcp from "@aw/tcp";
import * as tls from "@aw/tls";
import { attach, fromWebSocket } from "@aw/websocket";

export async function serve(): Promise<void> {
  await using listener = attach(createServer(), { authorize: () => ({ accept: "somebody" }) });
  for await (const connection of listener) {
    await using out = gzip(await open("log.gz"));
    const user: string = connection.request.accepted;
    await out.writeAll(`${user}\n`);
    await copy(connection.readable, out);
    await out.close();
  }
}

export async function relay(): Promise<void> {
  const from = await tcp.connect({ port: 9000 });
  const to = await tls.connect({ port: 9443 });
  for await (const line of unframed(from.readable, lines())) await to.writeAll(line);
  await stderr().writeAll("the relay ends\n");
  await fromNodeWritable(process.stdout).flush();
}

export async function ownWebSocket(url: string): Promise<void> {
  await fromWebSocket(new WebSocket(url)).writeAll("hello\n");
}

export type Kit = ConformanceOptions;
export const queues: typeof AcceptQueue = AcceptQueue;

/**
 * Half of the comparison, in a process of its own, so that its memory is its own: sends bytes to a receiver that is slower
 * than the source.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fromNodeDuplex } from "@aw/node";
import type { SenderOptions, SenderReport } from "./messages.ts";

const CHUNK = 64 * 1024;

const options = JSON.parse(process.argv[2] ?? "{}") as SenderOptions;
const socket = connect({ port: options.port, host: "127.0.0.1", allowHalfOpen: true });
await once(socket, "connect");

let written = 0;
let max = 0;
let state: SenderReport["state"] = "running";
const reports = setInterval(report, 200);
try {
  await (options.kind === "naive" ? sendNaively(socket) : sendByWriter(socket));
  if (state === "running") state = "done";
} finally {
  clearInterval(reports);
  report();
  process.disconnect();
}

/** What one finds in many programs: nobody looks at what `write` returns. */
async function sendNaively(to: Socket): Promise<void> {
  for await (const chunk of source()) {
    to.write(chunk);
    written += chunk.length;
    if (to.writableLength <= options.maxHeldBytes) continue;
    state = "stopped"; // for this demonstration; real programs go on until memory is full
    report();
    to.destroy();
    return;
  }
  to.end();
  await once(to, "finish");
}

/** The same with a writer: a chunk is read from the source when there is room for it. */
async function sendByWriter(to: Socket): Promise<void> {
  const out = fromNodeDuplex(to);
  for await (const chunk of source()) {
    await out.writeAll(chunk);
    written += chunk.length;
  }
  await out.close();
}

/** As a file or a database gives it: each chunk is new memory, and comes after a while. */
async function* source(): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < options.totalBytes; sent += CHUNK) {
    await setTimeout(1);
    yield Buffer.alloc(Math.min(CHUNK, options.totalBytes - sent), sent / CHUNK);
  }
}

/** What was written, and neither is with the kernel nor waits in the socket has to be in the writer. */
function report(): void {
  const held = written - socket.bytesWritten + socket.writableLength;
  max = Math.max(max, held);
  process.send?.({
    state,
    writtenBytes: written,
    heldBytes: held,
    maxHeldBytes: max,
    rssBytes: process.memoryUsage.rss(),
  } satisfies SenderReport);
}

import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import compression from "compression";
import { copy } from "@aw/core";
import { fromNodeWritable } from "@aw/node";
import express from "express";
import session from "express-session";

// An app as people run it: a session in a store that takes its time, compression, and then routes. A process
// of its own: with Vitest's import conditions, `require` in its dependencies gets modules.

class SlowStore extends session.MemoryStore {
  override set(...args: Parameters<session.MemoryStore["set"]>): void {
    setTimeout(() => super.set(...args), 20);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Says on standard output how the route ended on this side. */
function route(path: string, answer: (response: ServerResponse) => Promise<void>): void {
  app.get(path, (_request, response) => {
    response.type("text");
    answer(response).then(
      () => say(`${path} closed`),
      (error: unknown) => say(`${path} ${(error as { code: string }).code}`),
    );
  });
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(65_536);
}

const app = express();
app.use(
  session({ secret: "x", resave: false, saveUninitialized: true, store: new SlowStore() }),
  compression({ threshold: 0 }),
);
route("/long", async (response) => {
  const out = fromNodeWritable(response);
  for (let line = 0; line < 2000; line++)
    await out.writeAll(`line ${line} of an answer\n`.repeat(20));
  await out.close();
});
route("/short", async (response) => {
  const out = fromNodeWritable(response);
  await out.writeAll("hello ");
  await out.flush();
  await out.writeAll("session");
  await out.close();
});
route("/endless", async (response) => {
  await copy(endless(), fromNodeWritable(response));
});

const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
say(`port ${(server.address() as AddressInfo).port}`);

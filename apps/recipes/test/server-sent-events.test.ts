import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { createGunzip } from "node:zlib";
import { expect, it } from "vitest";
import { sendEvents, type ServerEvent } from "../src/server-sent-events.ts";
import { httpServer } from "./http-server.ts";

async function serve(
  events: AsyncIterable<ServerEvent>,
  patience?: number,
): Promise<{ url: string; outcome: Promise<unknown> }> {
  const { promise: outcome, resolve } = Promise.withResolvers<unknown>();
  const url = await httpServer((_request, response) => {
    sendEvents(response, events, patience).then(() => resolve("complete"), resolve);
  });
  return { url, outcome };
}

it("has each event with the client before the next one is there", async () => {
  let seen = Promise.withResolvers<void>();
  async function* events(): AsyncGenerator<ServerEvent> {
    for (const data of ["one", "two\nlines", "three"]) {
      yield { id: data.slice(0, 3), event: "news", data };
      await seen.promise;
      seen = Promise.withResolvers();
    }
  }
  const { url, outcome } = await serve(events());
  const [response] = (await once(get(url), "response")) as [IncomingMessage];
  expect(response.headers).toMatchObject({ "content-type": "text/event-stream" });
  let text = "";
  for await (const chunk of response.pipe(createGunzip()).setEncoding("utf8")) {
    text += chunk as string;
    if (text.endsWith("\n\n")) seen.resolve();
  }
  expect(text.split("\n\n")).toEqual([
    "id: one\nevent: news\ndata: one",
    "id: two\nevent: news\ndata: two\ndata: lines",
    "id: thr\nevent: news\ndata: three",
    "",
  ]);
  expect(await outcome).toBe("complete");
});

it("drops a client that takes nothing, and closes its source", async () => {
  const closed = Promise.withResolvers<void>();
  async function* noise(): AsyncGenerator<ServerEvent> {
    try {
      for (;;) yield { data: randomBytes(1 << 20).toString("base64") };
    } finally {
      closed.resolve();
    }
  }
  const { url, outcome } = await serve(noise(), 50);
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); // and it never reads
  expect(await outcome).toMatchObject({ code: "ERR_AW_TIMEOUT" });
  await closed.promise;
  socket.destroy();
});

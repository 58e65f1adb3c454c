import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { lines, unframed } from "@aw/core";
import { connect, type TcpConnection, type TcpListener } from "@aw/tcp";
import { expect, it } from "vitest";
import { serveLines } from "../src/graceful-shutdown.ts";
import { runRecipe } from "./recipe.ts";

async function serving(
  answer: (line: string) => string | Promise<string>,
  deadline?: number,
): Promise<{ port: number; stop: AbortController; served: Promise<number> }> {
  const stop = new AbortController();
  const { promise, resolve } = Promise.withResolvers<TcpListener>();
  const served = serveLines(answer, {
    stop: stop.signal,
    onListening: resolve,
    ...(deadline === undefined ? {} : { deadline }),
  });
  return { port: ((await promise).address as AddressInfo).port, stop, served };
}

const open = (port: number): Promise<TcpConnection> => connect({ host: "127.0.0.1", port });

it("answers what was asked, ends idle clients in good order, and takes no new ones", async () => {
  const busy = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  const { port, stop, served } = await serving(async (line) => {
    if (line === "idle") return "idle";
    if (++asked === 50) busy.resolve();
    await gate.promise;
    return line.toUpperCase();
  });
  const idle = await open(port);
  await idle.writeAll("idle\n");
  const idleReader = unframed(idle.readable, lines());
  expect(await idleReader.next()).toMatchObject({ value: "idle" });
  const clients = await Promise.all(Array.from({ length: 50 }, () => open(port)));
  // The second line of each comes while its first one is answered: it gets no answer.
  for (const client of clients) await client.writeAll("first\nsecond\n");
  await busy.promise;

  stop.abort();
  expect(await idleReader.next()).toMatchObject({ done: true });
  await idle.close();
  await expect(open(port)).rejects.toMatchObject({ code: "ERR_AW_CONNECT" });
  gate.resolve();
  for (const client of clients) {
    expect(await new Response(client.readable).text()).toBe("FIRST\n");
    await client.close();
  }
  expect(await served).toBe(0);
});

it("resets who does not end by the deadline, and tells how many those were", async () => {
  const { port, stop, served } = await serving((line) => line, 20);
  const client = await open(port);
  await client.writeAll("a line\n");
  const reader = unframed(client.readable, lines());
  expect(await reader.next()).toMatchObject({ value: "a line" });
  stop.abort();
  expect(await reader.next()).toMatchObject({ done: true });
  expect(await served).toBe(1); // it never closed its half
  client.abort();
});

it("runs as a command that SIGTERM ends", async () => {
  const server = runRecipe("graceful-shutdown", "0");
  const [greeting] = (await once(server.stdout, "data")) as [Buffer];
  const client = await open(Number(/:(\d+)\s*$/.exec(String(greeting))?.[1]));
  await client.writeAll("hello\n");
  await client.flush();
  // Answered with the second one: when the first answer is there, the server is at work again.
  await client.writeAll("again\n");
  const reader = unframed(client.readable, lines());
  expect(await reader.next()).toMatchObject({ value: "HELLO" });
  server.child.kill("SIGTERM");
  expect(await reader.next()).toMatchObject({ value: "AGAIN" });
  expect(await reader.next()).toMatchObject({ done: true });
  await client.close();
  expect(await server.end()).toMatchObject({ status: 0, output: "every client was served\n" });
});

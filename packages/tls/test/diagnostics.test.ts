import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { AddressInfo } from "node:net";
import { channels, type CloseEvent } from "@aw/node";
import { Authority } from "@aw/testing";
import { connect, listen, type TlsConnection } from "@aw/tls";
import { afterAll, expect, it } from "vitest";

const authority = await Authority.create();
const credentials = await authority.issue("localhost", ["localhost"]);
afterAll(() => authority.remove());

it("connections tell of themselves to whoever subscribes, and to nobody else", async () => {
  const said: [string, CloseEvent][] = [];
  const onMessage = (message: unknown, name: string | symbol): void => {
    said.push([String(name), message as CloseEvent]);
  };
  const names = Object.values(channels).map(({ name }) => name);
  for (const name of names) subscribe(name, onMessage);
  const listener = await listen(credentials);
  const { port } = listener.address as AddressInfo;
  const iterator = listener[Symbol.asyncIterator]();
  const [ours, { value: theirs }] = (await Promise.all([
    connect({ port }, { ca: authority.ca }),
    iterator.next(),
  ])) as [TlsConnection, { value: TlsConnection }];
  await ours.writeAll("hello");
  await ours.close();
  expect(await new Response(theirs.readable).text()).toBe("hello");
  theirs.abort(new Error("enough"));
  await new Response(ours.readable).text().catch(() => {});
  await listener.close();
  while (said.filter(([name]) => name === "aw:connection:close").length < 2) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const name of names) unsubscribe(name, onMessage);
  const of = (connection: TlsConnection): [string, CloseEvent][] =>
    said.filter(([, event]) => event.connection === connection);
  expect(of(theirs).map(([name]) => name)).toEqual([
    "aw:connection:open",
    "aw:connection:handshake",
    "aw:connection:error",
    "aw:connection:close",
  ]);
  for (const [name, { duration }] of said) {
    if (name === "aw:connection:handshake") expect(duration).toBeLessThan(performance.now());
  }
  const [, closed] = of(theirs).at(-1) as [string, CloseEvent];
  expect(closed).toMatchObject({
    name: String(theirs),
    duration: expect.any(Number),
    error: { code: "ERR_AW_ABORTED" },
  });
  expect(closed.bytesRead).toBeGreaterThan(5);
  expect(closed.bytesWritten).toBeGreaterThan(100);

  said.length = 0;
  const unheard = await listen(credentials);
  const address = unheard.address as AddressInfo;
  (await connect({ port: address.port }, { ca: authority.ca })).abort();
  await unheard[Symbol.asyncDispose]();
  expect(said).toEqual([]);
});

import type { Connection } from "@aw/core";
import { connect, listen, readProxyHeader } from "@aw/tcp";
import { Authority } from "@aw/testing";
import { acceptor, client } from "@aw/tls";
import { afterAll, expect, it } from "vitest";

const authority = await Authority.create();
const credentials = await authority.issue("localhost", ["localhost"]);
afterAll(() => authority.remove());

it("TLS over TCP, behind the header of a balancer, has every byte", async () => {
  await using listener = await listen();
  const accepting = acceptor(credentials);
  const serving = (async (): Promise<Connection> => {
    for await (const connection of listener) {
      const { source } = await readProxyHeader(connection.reader);
      expect(source).toEqual({ address: "203.0.113.7", port: 4711 });
      return accepting.accept(connection);
    }
    throw new Error("the listener ended");
  })();
  const near = await connect({ port: listener.port });
  // What is read behind the header is TLS's.
  await near.writeAll("PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n");
  const over = { servername: "localhost", ca: authority.ca };
  const [ours, theirs] = await Promise.all([client(near, over), serving]);
  await ours.writeAll("a secret");
  await ours.close();
  expect(await theirs.reader.text()).toBe("a secret");
  await theirs.writeAll("another");
  await theirs.close();
  expect(await ours.reader.text()).toBe("another");
});

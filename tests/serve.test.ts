import type { AddressInfo } from "node:net";
import {
  framed,
  lines,
  serve,
  unframed,
  type Connection,
  type Servable,
  type ServableListener,
} from "@aw/core";
import * as tcp from "@aw/tcp";
import { selfSigned } from "@aw/testing";
import * as tls from "@aw/tls";
import * as websocket from "@aw/websocket";
import { describe, expect, it } from "vitest";

interface Listener extends ServableListener<Connection & Servable> {
  close(options?: { deadline?: number }): Promise<void>;
}

interface Transport {
  readonly listener: Listener;
  readonly connect: () => Promise<Connection>;
}

const transports: Readonly<Record<string, () => Promise<Transport>>> = {
  async tcp() {
    const listener = await tcp.listen();
    const { port } = listener.address as AddressInfo;
    return { listener, connect: () => tcp.connect({ port }) };
  },
  async tls() {
    const { cert, key } = await selfSigned("localhost");
    const listener = await tls.listen({ cert, key });
    const { port } = listener.address as AddressInfo;
    return { listener, connect: () => tls.connect({ port, host: "localhost" }, { ca: cert }) };
  },
  async websocket() {
    const listener = await websocket.listen();
    const { port } = listener.address as AddressInfo;
    return { listener, connect: () => websocket.connect(`ws://127.0.0.1:${port}`) };
  },
};

describe.each(Object.entries(transports))("serve over %s", (_name, open) => {
  it("answers, closes, aborts where the handler throws, and ends with the listener", async () => {
    const { listener, connect } = await open();
    const errors: unknown[] = [];
    const served = serve(
      listener,
      async (connection) => {
        const answers = framed(connection, lines());
        for await (const line of unframed(connection.reader, lines())) {
          if (line === "fail") throw new Error("on demand");
          await answers.send(line.toUpperCase());
        }
      },
      { onError: (error) => errors.push(error) },
    );
    const [good, bad] = await Promise.all([connect(), connect()]);
    await good.writeAll("hello\n");
    await bad.writeAll("hello\nfail\n");
    const answers = unframed(good.reader, lines());
    expect(await answers.next()).toMatchObject({ value: "HELLO" });
    const refused = unframed(bad.reader, lines());
    await expect(
      (async () => {
        for (;;) if ((await refused.next()).done) return "a clean end";
      })(),
    ).rejects.toMatchObject({ name: "AsyncWriteError" });
    await good.close();
    expect(await answers.next()).toMatchObject({ done: true });
    await listener.close();
    expect(await served).toEqual({ connections: 2, failed: 1 });
    expect(errors).toEqual([new Error("on demand")]);
    bad.abort();
  });
});

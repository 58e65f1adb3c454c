import { createHash, randomBytes } from "node:crypto";
import { selfSigned } from "@aw/testing";
import { client, server } from "@aw/tls";
import { connect, listen, type WebSocketConnection, type WebSocketListener } from "@aw/websocket";
import { expect, it } from "vitest";

async function first(listener: WebSocketListener): Promise<WebSocketConnection> {
  for await (const connection of listener) return connection;
  throw new Error("the listener ended");
}

async function hashOf(readable: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of readable) hash.update(chunk);
  return hash.digest("hex");
}

it.each([true, false])(
  "TLS over WebSocket over TCP is byte-exact; half-close: %j",
  async (halfClose) => {
    const { cert, key } = await selfSigned("inner.example");
    await using listener = await listen();
    const { port } = listener.address as { port: number };
    const accepted = first(listener);
    const outer = await connect(`ws://127.0.0.1:${port}`, { halfClose });
    const [theirs, ours] = await Promise.all([
      accepted.then((connection) => server(connection, { cert, key })),
      client(outer, { ca: cert, servername: "inner.example" }),
    ]);
    const bytes = randomBytes(5_000_000);
    const hash = createHash("sha256").update(bytes).digest("hex");
    const arrived = hashOf(theirs.readable);
    for (
      let start = 0, size = 1;
      start < bytes.length;
      start += size, size = (size * 7) % 100_003
    ) {
      await ours.writeAll(bytes.subarray(start, start + size));
    }
    await ours.flush();
    if (halfClose) {
      // Only with it can the server still answer a client that has finished.
      const answered = hashOf(ours.readable);
      await ours.close();
      await theirs.writeAll(bytes);
      await theirs.close();
      expect(await answered).toBe(hash);
      expect(await arrived).toBe(hash);
    } else {
      // The server can't send its own close_notify any more, and the client's reader is told so.
      const rest = hashOf(ours.readable).catch((error: { code: string }) => error.code);
      await ours.close();
      expect(await arrived).toBe(hash);
      theirs.abort();
      expect(await rest).toBe("ERR_AW_TRUNCATED");
    }
  },
);

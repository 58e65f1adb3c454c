// The end of a TLS stream on one runtime: seen by a reader that is slower than its peer, and told from a cut.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp, createServer, type AddressInfo } from "node:net";
import { fromNodeDuplex } from "@aw/node";
import { client, connect, listen, type TlsConnection } from "@aw/tls";

const [cert = "", key = ""] = process.argv.slice(2);

/** What no buffer notices, what fits into those on the way, and more. */
const LENGTHS = [10, 200_000, 400_000, 1_000_000, 10_000_000];

/** Takes a chunk, lets everything else have its turn, takes the next one. */
async function readSlowly(connection: TlsConnection): Promise<number> {
  let length = 0;
  for await (const chunk of connection.readable) {
    length += chunk.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return length;
}

/** TLS over a socket, and over a connection of any kind. */
const ways = [
  (port: number) => connect({ host: "localhost", port }, { ca: cert }),
  (port: number) => {
    const socket = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true });
    return client(fromNodeDuplex(socket), { servername: "localhost", ca: cert });
  },
] as const;

for (const length of LENGTHS) {
  const listener = await listen({ key, cert });
  const serving = (async () => {
    for await (const connection of listener) {
      await connection.writeAll(new Uint8Array(length));
      await connection.close();
    }
  })();
  const { port } = listener.address as AddressInfo;
  for (const open of ways) {
    const connection = await open(port);
    assert.equal(await readSlowly(connection), length);
    await connection.close();
  }

  // Somebody in the middle passes on half of it, and ends the stream in an orderly way.
  const middle = createServer({ allowHalfOpen: true }, (socket) => {
    const onward = connectTcp({ port, host: "127.0.0.1" });
    let passed = 0;
    // The handshake is some 2 KB.
    const most = 4000 + length / 2;
    for (const each of [socket, onward]) each.on("error", () => {});
    socket.on("close", () => onward.destroy());
    socket.pipe(onward);
    onward.on("data", (chunk: Buffer) => {
      if (passed >= most) return;
      passed += chunk.length;
      socket.write(chunk);
      if (passed >= most) socket.end();
    });
  });
  middle.listen(0, "127.0.0.1");
  await once(middle, "listening");
  if (length > 10) {
    const connection = await ways[0]((middle.address() as AddressInfo).port);
    await assert.rejects(readSlowly(connection), { code: "ERR_AW_TRUNCATED" });
    connection.abort();
  }
  middle.close();
  listener.abort();
  await serving.catch(() => {});
}

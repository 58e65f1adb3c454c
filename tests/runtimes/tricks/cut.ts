import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { listen, type TlsConnection } from "@aw/tls";

// TLS that ended with close_notify is whole; TLS whose stream below ended first was cut, wherever it was.

const [cert = "", key = ""] = process.argv.slice(2);
const listener = await listen({ cert, key });
const accepting = listener[Symbol.asyncIterator]();
const { port } = listener.address as AddressInfo;

for (const how of ["end", "cut", "cut after data", "cut inside a record"]) {
  // What stands between both ends, and can cut.
  let outer!: Socket;
  let inner!: Socket;
  const between = createServer((socket) => {
    inner = socket.on("error", () => {});
    outer = connectSocket({ port, host: "127.0.0.1", allowHalfOpen: true });
    outer.on("error", () => {}).on("data", (chunk) => inner.write(chunk));
    inner.on("data", onData);
  });
  let cutsAtNext = false;
  function onData(chunk: Buffer): void {
    if (cutsAtNext) outer.end(chunk.subarray(0, how.endsWith("record") ? 20 : undefined));
    else outer.write(chunk);
  }
  between.listen(0, "127.0.0.1");
  await once(between, "listening");
  const client = connectTls({
    port: (between.address() as AddressInfo).port,
    ca: cert,
    servername: "localhost",
  });
  client.on("error", () => {});
  await once(client, "secureConnect");
  const { value } = (await accepting.next()) as { value: TlsConnection };
  const reading = new Response(value.readable).text();
  if (how === "end") {
    client.end("all");
    assert.equal(await reading, "all");
  } else {
    const failed = assert.rejects(reading, { code: "ERR_AW_TRUNCATED" }, how);
    if (how === "cut") outer.end();
    else {
      cutsAtNext = true;
      client.write("not all");
    }
    await failed;
  }
  value.abort();
  client.destroy();
  outer.destroy();
  inner.destroy();
  between.close();
}
listener.abort();

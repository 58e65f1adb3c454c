import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { listen, type TcpConnection } from "@aw/tcp";

// Data and a reset that arrive together: the reader must not take them for a whole stream. libuv before
// 1.52 does.

const listener = await listen();
const { port } = listener.address as AddressInfo;
const client = connect(port, "127.0.0.1");
client.on("error", () => {});
await once(client, "connect");
const { value: ours } = (await listener[Symbol.asyncIterator]().next()) as { value: TcpConnection };
const reader = ours.readable.getReader();
const first = reader.read();
client.write("half");
await first;
const second = reader.read();
// Both reach the kernel within this turn, before anybody here reads again.
client.write(" of it");
client.resetAndDestroy();
await assert.rejects(
  (async () => {
    for (let { done } = await second; !done;) ({ done } = await reader.read());
  })(),
  { code: "ERR_AW_CONNECTION_RESET" },
);
await listener[Symbol.asyncDispose]();

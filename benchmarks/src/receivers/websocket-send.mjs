// Sends `count` binary messages of `size` bytes to each WebSocket, as its query says, as fast as they are taken, and closes.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { endWithStdin } from "./end-with-stdin.mjs";

const BLOCK = 64 * 1024;

/** One message with its header. */
function frame(size) {
  const header =
    size < 126
      ? Buffer.from([0x82, size])
      : size < 65_536
        ? Buffer.from([0x82, 126, size >> 8, size & 255])
        : Buffer.from([0x82, 127, 0, 0, 0, 0, 0, size >> 16, (size >> 8) & 255, size & 255]);
  return Buffer.concat([header, Buffer.alloc(size, 65)]);
}

const server = createServer();
server.on("upgrade", ({ url, headers }, socket) => {
  const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const accept = createHash("sha1").update(headers["sec-websocket-key"] + guid);
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`,
  );
  const { searchParams } = new URL(url, "http://localhost");
  const message = frame(Number(searchParams.get("size")));
  let left = Number(searchParams.get("count"));
  const each = Math.max(1, Math.floor(BLOCK / message.length));
  const block = Buffer.concat(Array(each).fill(message));
  const send = () => {
    while (left > 0) {
      const now = Math.min(left, each);
      left -= now;
      if (!socket.write(now === each ? block : block.subarray(0, now * message.length))) return;
    }
    socket.off("drain", send);
    // 1000, in good order.
    socket.write(Buffer.from([0x88, 2, 3, 232]));
  };
  socket.on("drain", send);
  socket.on("error", () => {});
  // The answer to the close, of 8 bytes at least.
  socket.on("data", () => socket.end());
  send();
});
server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)));
endWithStdin();

// Counts the payload that each WebSocket sends, from the headers of the frames alone: a receiver that unmasks is
// slower than some senders. Answers an empty message, which is the half-close, with the count and an empty one.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { endWithStdin } from "./end-with-stdin.mjs";

const server = createServer();
server.on("upgrade", ({ headers }, socket) => {
  const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const accept = createHash("sha1").update(headers["sec-websocket-key"] + guid);
  const protocol = headers["sec-websocket-protocol"];
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n${protocol === undefined ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`,
  );
  let bytes = 0;
  let rest = Buffer.alloc(0);
  let skip = 0;
  socket.on("error", () => {});
  socket.on("data", (data) => {
    if (rest.length > 0) data = Buffer.concat([rest, data]);
    let at = skip;
    while (at + 14 <= data.length || (at + 6 <= data.length && (data[at + 1] & 127) < 126)) {
      const short = data[at + 1] & 127;
      const long = short === 126 ? 2 : short === 127 ? 8 : 0;
      const length =
        long === 0 ? short : data.readUIntBE(at + (long === 2 ? 2 : 4), long === 2 ? 2 : 6);
      if ((data[at] & 15) === 8) socket.end();
      else bytes += length;
      if (length === 0) {
        const text = Buffer.from(String(bytes));
        socket.write(
          Buffer.concat([Buffer.from([0x82, text.length]), text, Buffer.from([0x82, 0])]),
        );
      }
      at += 6 + long + length;
    }
    skip = Math.max(0, at - data.length);
    rest = data.subarray(Math.min(at, data.length));
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)));
endWithStdin();

// Opens WebSockets to whoever asks, and counts the payload that comes to them, from the headers of the frames alone.
// Asked by lines on a TCP socket: "open PORT COUNT" is answered with "open" once all are open, "got BYTES" once all
// together have got that many in all. They end with the socket that asked.
import { createServer, connect } from "node:net";
import { createInterface } from "node:readline";
import { endWithStdin } from "./end-with-stdin.mjs";

const REQUEST =
  "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

const server = createServer((asker) => {
  let bytes = 0;
  let wanted = Infinity;
  const check = () => {
    if (bytes < wanted) return;
    wanted = Infinity;
    asker.write("got\n");
  };
  const sockets = [];
  asker.on("close", () => sockets.forEach((socket) => socket.destroy()));
  asker.on("error", () => {});
  const openAll = async (port, count) => {
    for (let index = 0; index < count; index++) {
      sockets.push(await open(port, (length) => (bytes += length), check));
    }
    asker.write("open\n");
  };
  createInterface(asker).on("line", (line) => {
    const [word, first, second] = line.split(" ");
    if (word === "got") {
      wanted = Number(first);
      check();
    } else void openAll(Number(first), Number(second));
  });
});

/** Resolves with a socket that was upgraded. */
function open(port, count, counted) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(REQUEST));
    let rest = Buffer.alloc(0);
    let skip = 0;
    const read = (data) => {
      if (rest.length > 0) data = Buffer.concat([rest, data]);
      let at = skip;
      while (at + 10 <= data.length || (at + 2 <= data.length && data[at + 1] < 126)) {
        const short = data[at + 1];
        const long = short === 126 ? 2 : short === 127 ? 8 : 0;
        const length =
          long === 0 ? short : data.readUIntBE(at + (long === 2 ? 2 : 4), long === 2 ? 2 : 6);
        count(length);
        at += 2 + long + length;
      }
      skip = Math.max(0, at - data.length);
      rest = data.subarray(Math.min(at, data.length));
      counted();
    };
    socket.on("error", () => {});
    socket.once("data", (data) => {
      const end = data.indexOf("\r\n\r\n") + 4;
      socket.on("data", read);
      if (data.length > end) read(data.subarray(end));
      resolve(socket);
    });
  });
}

server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)));
endWithStdin();

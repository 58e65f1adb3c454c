// Connects to whoever asks, and sends messages that are to come back. Asked by lines on a TCP socket, each of which
// is answered with its first word once it is done:
// - "open PORT COUNT SIZE BURST": so many connections. Each sends `BURST` messages of `SIZE` bytes with one write, and
//   the next once all of these are back. A message begins with the length of what follows, in four bytes.
// - "send MESSAGES": so many on all connections together.
// - "accept PORT COUNT": so many connections, a few at a time, each of which ends at once and is done when the peer
//   has ended too.
// One that is cut, or gets more than it sent, cuts the socket that asked. They end with that.
import { createServer, connect } from "node:net";
import { createInterface } from "node:readline";
import { endWithStdin } from "./end-with-stdin.mjs";

const HEAD = 4;

/** How many connections are opened at one time by "accept". */
const TOGETHER = 16;

const server = createServer((asker) => {
  const clients = [];
  const fail = () => asker.destroy();
  asker.on("close", () => clients.forEach(({ socket }) => socket.destroy()));
  asker.on("error", () => {});

  let block = Buffer.alloc(0);
  let size = 0;
  /** Messages that are to be sent, and bytes that are to come back, of all connections. */
  let left = 0;
  let missing = 0;

  const next = (client) => {
    const length = Math.min(left * size, block.length);
    left -= length / size;
    client.missing = length;
    if (length > 0) client.socket.write(block.subarray(0, length));
  };
  const read = (client, { length }) => {
    client.missing -= length;
    missing -= length;
    if (client.missing < 0) fail();
    else if (missing === 0) asker.write("send\n");
    else if (client.missing === 0) next(client);
  };

  const ask = {
    open(port, count, bytes, burst) {
      size = bytes;
      const message = Buffer.alloc(size, 65);
      message.writeUInt32BE(size - HEAD);
      block = Buffer.concat(Array(burst).fill(message));
      let opened = 0;
      for (let index = 0; index < count; index++) {
        const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => {
          if (++opened === count) asker.write("open\n");
        });
        const client = { socket, missing: 0 };
        clients.push(client);
        socket.on("data", (data) => read(client, data));
        socket.on("error", () => {});
        socket.on("close", fail);
      }
    },
    send(messages) {
      left = messages;
      missing = messages * size;
      clients.forEach(next);
    },
    accept(port, count) {
      let begun = 0;
      let closed = 0;
      const begin = () => {
        if (begun === count) return;
        begun++;
        const socket = connect(port, "127.0.0.1", () => socket.end());
        socket.resume();
        socket.on("error", fail);
        socket.on("close", () => {
          if (++closed === count) asker.write("accept\n");
          else begin();
        });
      };
      for (let index = 0; index < TOGETHER; index++) begin();
    },
  };
  createInterface(asker).on("line", (line) => {
    const [word, ...numbers] = line.split(" ");
    ask[word](...numbers.map(Number));
  });
});

server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)));
endWithStdin();

// Accepts connections on a Unix-domain socket, and never reads. Prints the path.
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithStdin } from "./end-with-stdin.mjs";

const path = join(tmpdir(), `aw-bench-${process.pid}.sock`);

const server = createServer({ pauseOnConnect: true }, (socket) => {
  socket.on("error", () => {});
}).listen({ path, backlog: 4096 }, () => process.stdout.write(path));
// The file of the socket goes with it.
endWithStdin(() => server.close());

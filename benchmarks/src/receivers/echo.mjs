// Answers every byte with the same byte.
import { createServer } from "node:net";
import { endWithStdin } from "./end-with-stdin.mjs";

createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  socket.on("error", () => {});
  socket.pipe(socket);
}).listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, function listening() {
  process.stdout.write(String(this.address().port));
});
endWithStdin();

// Counts what each TLS connection sends, and answers with the count when it ends.
import { createServer } from "node:tls";
import { endWithStdin } from "./end-with-stdin.mjs";

const [cert, key] = process.argv.slice(2);

createServer({ cert, key, allowHalfOpen: true }, (socket) => {
  let bytes = 0;
  socket.on("error", () => {});
  socket.on("data", (data) => {
    bytes += data.length;
  });
  socket.on("end", () => socket.end(String(bytes)));
}).listen(0, "127.0.0.1", function listening() {
  process.stdout.write(String(this.address().port));
});
endWithStdin();

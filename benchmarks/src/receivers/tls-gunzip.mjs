// Decodes the gzip that comes over each TLS connection. With `--acknowledge N` it answers each N bytes with
// one; else it answers the end with the count.
import { createServer } from "node:tls";
import { createGunzip } from "node:zlib";
import { endWithStdin } from "./end-with-stdin.mjs";

const [cert, key, option, count] = process.argv.slice(2);
const every = option === "--acknowledge" ? Number(count) : Infinity;

createServer({ cert, key, allowHalfOpen: true }, (socket) => {
  let bytes = 0;
  let acknowledged = 0;
  const decoder = createGunzip();
  socket.on("error", () => {});
  socket.setNoDelay(true);
  socket.pipe(decoder);
  decoder.on("data", (data) => {
    bytes += data.length;
    for (; acknowledged + every <= bytes; acknowledged += every) socket.write(".");
  });
  decoder.on("end", () => socket.end(every === Infinity ? String(bytes) : undefined));
  // The measured side goes away in the middle of a stream.
  decoder.on("error", () => socket.destroy());
}).listen(0, "127.0.0.1", function listening() {
  process.stdout.write(String(this.address().port));
});
endWithStdin();

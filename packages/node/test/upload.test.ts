import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { copy, memory } from "@aw/core";
import { expect, it } from "vitest";

it.each(["at once", "after its client has stalled"])(
  "an upload whose consumer dies %s is answered, as the README says",
  async (when) => {
    const target = memory({ maxBytes: 1_000_000 });
    const copying = Promise.withResolvers<void>();
    const server = createServer((upload, response) => {
      const copied = copy(upload.iterator({ destroyOnReturn: false }), target);
      copying.resolve();
      copied.then(
        () => response.end("stored\n"),
        () => {
          response.writeHead(413, { connection: "close" });
          response.end("too much\n");
          upload.resume();
        },
      );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const uploading = request({ port, host: "127.0.0.1", method: "POST" });
    uploading.on("error", () => {});
    const answered = once(uploading, "response");
    if (when === "at once") {
      uploading.end(Buffer.alloc(5_000_000));
    } else {
      uploading.write("a little");
      await copying.promise;
      while (target.bytes().length === 0) await new Promise((resolve) => setImmediate(resolve));
      target.abort(new Error("the consumer died"));
    }
    const [response] = (await answered) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    uploading.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  },
);

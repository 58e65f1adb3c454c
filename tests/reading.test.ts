/** Reading through every layer of a stack, over real sockets: what a peer does reaches who reads. */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { randomBytes } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { gunzip, gzip, unzstd, zstd } from "@aw/compression";
import { copy, lines, unframed } from "@aw/core";
import { connect, listen, type TcpListener } from "@aw/tcp";
import { afterEach, describe, expect, it } from "vitest";

interface Address {
  readonly host: string;
  readonly port: number;
}

const sockets: Socket[] = [];
let server: Server | undefined;
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
});

/** A peer on a port of its own, which does this to each connection. */
async function peer(serve: (socket: Socket) => void): Promise<Address> {
  server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { host: "127.0.0.1", port };
}

function addressOf(listener: TcpListener): Address {
  return { host: "127.0.0.1", port: (listener.address as AddressInfo).port };
}

const text = Array.from({ length: 5000 }, (_, i) => `line ${i} ${(i * 7919) % 10_007}\n`).join("");
const whole = gzipSync(text);

/** The lines up to a failure, and its code. */
async function readLines(address: Address): Promise<{ got: string[]; code: string | undefined }> {
  const got: string[] = [];
  await using connection = await connect(address);
  try {
    for await (const line of unframed(gunzip(connection.reader), lines())) got.push(line);
    return { got, code: undefined };
  } catch (error) {
    return { got, code: (error as { code?: string }).code };
  }
}

describe("lines of gzip from a socket", () => {
  it("are all there when the peer ends", async () => {
    const address = await peer((socket) => socket.end(whole));
    const { got, code } = await readLines(address);
    expect(code).toBe(undefined);
    expect(got).toEqual(text.trimEnd().split("\n"));
  });

  it("end with ERR_AW_TRUNCATED when the stream was cut, after those before", async () => {
    const address = await peer((socket) => socket.end(whole.subarray(0, whole.length >> 1)));
    const { got, code } = await readLines(address);
    expect(code).toBe("ERR_AW_TRUNCATED");
    expect(got.length).toBeGreaterThan(1000);
    expect(text.startsWith(got.join("\n"))).toBe(true);
  });

  it("end with ERR_AW_CONNECTION_RESET when the peer resets: errors pass as they are", async () => {
    const address = await peer((socket) => {
      socket.write(whole.subarray(0, whole.length >> 1), () => socket.once("data", reset));
      const reset = (): void => void socket.resetAndDestroy();
    });
    await using connection = await connect(address);
    const reading = unframed(gunzip(connection.reader), lines());
    expect((await reading.next()).value).toBe("line 0 0");
    await connection.writeAll("now");
    await expect(
      (async () => {
        for await (const line of reading) expect(line).toMatch(/^line/);
      })(),
    ).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
  });

  it("come as they are sent, without waiting for more", async () => {
    await using listener = await listen({ host: "127.0.0.1", port: 0 });
    // What the client says comes back compressed, each line for itself.
    const serving = (async () => {
      for await (const connection of listener) {
        await copy(gzip(connection.reader), connection);
        await connection.close();
      }
    })();
    await using connection = await connect(addressOf(listener));
    const answers = gunzip(connection.reader);
    for (const line of ["one", "two", "three"]) {
      await connection.writeAll(`${line}\n`);
      expect(await answers.readLine()).toBe(line);
    }
    await connection.close();
    expect(await answers.readLine()).toBe(undefined);
    await listener.close();
    await serving;
  });

  it("make the peer stall while nobody reads them, and all come in the end", async () => {
    const noise = randomBytes(32 << 20);
    const sent = gzipSync(noise, { level: 1 });
    let written = 0;
    let isDone = false;
    const address = await peer((socket) => {
      void (async () => {
        for (; written < sent.length; written += 65_536) {
          if (!socket.write(sent.subarray(written, written + 65_536))) await once(socket, "drain");
        }
        socket.end(() => (isDone = true));
      })();
    });
    await using connection = await connect(address);
    const reader = gunzip(connection.reader);
    const first = (await reader.read()) as Uint8Array;
    let before = -1;
    while (before !== written) {
      before = written;
      for (let turns = 0; turns < 500; turns++) await turn();
    }
    // What the kernel holds for a connection is a few MiB.
    expect(written).toBeLessThan(20 << 20);
    expect(isDone).toBe(false);
    const rest = await reader.readAll();
    expect(Buffer.compare(Buffer.concat([first, rest]), noise)).toBe(0);
  });

  it("an abort of the outermost layer reaches the reader of the socket", async () => {
    const address = await peer((socket) => void socket.write(whole.subarray(0, 20_000)));
    await using connection = await connect(address);
    const reader = gunzip(connection.reader);
    await reader.read();
    reader.abort("enough");
    for (const each of [reader, connection.reader]) {
      await expect(each.read()).rejects.toMatchObject({
        code: "ERR_AW_ABORTED",
        cause: "enough",
      });
    }
  });

  it("are copied into another format on the way", async () => {
    const address = await peer((socket) => socket.end(whole));
    await using listener = await listen({ host: "127.0.0.1", port: 0 });
    const got = (async () => {
      for await (const connection of listener) {
        const all = await unzstd(connection.reader).text();
        await connection.close();
        return all;
      }
    })();
    await using from = await connect(address);
    const out = zstd(await connect(addressOf(listener)));
    expect(await copy(gunzip(from.reader), out)).toBe(text.length);
    await out.close();
    expect((await got) === text).toBe(true);
  });
});

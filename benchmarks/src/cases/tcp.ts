import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { PENDING, pollFn } from "@aw/core";
import { connect, type TcpConnection } from "@aw/tcp";
import {
  expectBytes,
  megabytesPerSecond,
  scaled,
  timed,
  type BenchCase,
  type MeasureOptions,
} from "../bench-case.ts";
import { withPeer } from "../peer.ts";

function ours(
  size: number,
  messages: number,
  send: (out: TcpConnection, message: Uint8Array, count: number) => Promise<void>,
): (options: MeasureOptions) => Promise<number> {
  return (options) =>
    withPeer("receiver.mjs", async (port) => {
      const count = scaled(messages, options, 10);
      const message = new Uint8Array(size).fill(65);
      let arrived = 0;
      const milliseconds = await timed(async () => {
        const out = await connect({ host: "127.0.0.1", port });
        await send(out, message, count);
        await out.close();
        arrived = Number(await new Response(out.readable).text());
      });
      expectBytes(arrived, count * size);
      return megabytesPerSecond(count * size, milliseconds);
    });
}

function nodeSocket(size: number, messages: number): (options: MeasureOptions) => Promise<number> {
  return (options) =>
    withPeer("receiver.mjs", async (port) => {
      const count = scaled(messages, options, 10);
      const message = new Uint8Array(size).fill(65);
      let arrived = 0;
      const milliseconds = await timed(async () => {
        const socket = connectSocket(port, "127.0.0.1");
        for (let index = 0; index < count; index++) {
          if (!socket.write(message)) await once(socket, "drain");
        }
        socket.end();
        const [answer] = (await once(socket, "data")) as [Buffer];
        arrived = Number(String(answer));
      });
      expectBytes(arrived, count * size);
      return megabytesPerSecond(count * size, milliseconds);
    });
}

const awaited = async (out: TcpConnection, message: Uint8Array, count: number): Promise<void> => {
  for (let index = 0; index < count; index++) await out.writeAll(message);
};

const polled = (out: TcpConnection, message: Uint8Array, count: number): Promise<void> => {
  let index = 0;
  return pollFn((waker) => {
    for (; index < count; index++) {
      if (out.pollWrite(waker, message) === PENDING) return PENDING;
    }
  });
};

export const tcp64: BenchCase = {
  name: "tcp-64B",
  unit: "MB/s",
  subjects: {
    "aw, poll": ours(64, 10_000_000, polled),
    "aw, await": ours(64, 5_000_000, awaited),
    "socket.write + drain": nodeSocket(64, 300_000),
  },
};

export const tcp64K: BenchCase = {
  name: "tcp-64KiB",
  unit: "MB/s",
  subjects: {
    "aw, await": ours(65_536, 20_000, awaited),
    "socket.write + drain": nodeSocket(65_536, 20_000),
  },
};

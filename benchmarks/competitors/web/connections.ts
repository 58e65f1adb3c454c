import { once } from "node:events";
import { connect } from "node:net";
import { open } from "node:fs/promises";
import { Duplex } from "node:stream";
import type { CopyWay, IdleWay, StalledWay } from "../../src/ways.ts";
import { connectTcp } from "../node/send.ts";

export const idle: Record<string, IdleWay> = {
  "toWeb of net.Socket": async (target) => {
    const socket = await connectTcp(target);
    const { readable, writable } = Duplex.toWeb(socket);
    return {
      async use(message) {
        const writer = writable.getWriter();
        const reader = readable.getReader();
        await writer.write(message);
        await reader.read();
        writer.releaseLock();
        reader.releaseLock();
      },
      close: () => socket.destroy(),
    };
  },
};

export const stalled: Record<string, StalledWay> = {
  "toWeb, write": async ({ path }) => {
    const socket = connect(path);
    await once(socket, "connect");
    const writer = Duplex.toWeb(socket).writable.getWriter();
    // Its writes fail when it is closed with them waiting.
    writer.closed.catch(() => {});
    return {
      offer: (chunk) => void writer.write(chunk).catch(() => {}),
      close: () => socket.destroy(),
    };
  },
};

export const copy: Record<string, CopyWay> = {
  "readableWebStream.pipeTo(toWeb)": async (target, path) => {
    const { readable, writable } = Duplex.toWeb(await connectTcp(target));
    const file = await open(path);
    await (file.readableWebStream() as ReadableStream).pipeTo(writable as WritableStream);
    await file.close();
    return { arrived: Number(await new Response(readable as ReadableStream).text()) };
  },
};

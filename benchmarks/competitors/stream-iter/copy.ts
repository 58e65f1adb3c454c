import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { CopyWay } from "../../src/ways.ts";
import { connectTcp } from "../node/send.ts";
import { streamIter } from "./iter.ts";

export const copy: Record<string, CopyWay> = {
  "pipeTo of FileHandle.pull": async (target, path) => {
    const { fromWritable, pipeTo } = await streamIter();
    const socket = await connectTcp(target);
    const answer = text(socket);
    const file = await open(path);
    const source = (file as unknown as { pull(): unknown }).pull();
    await pipeTo(source, fromWritable(socket, { backpressure: "unbounded" }));
    await file.close();
    return { arrived: Number(await answer) };
  },
};

import { truncate, writeFile } from "node:fs/promises";
import { openReceiver } from "../receiver.ts";
import { expectBytes, repeated, timed } from "../repeat.ts";
import { withFile } from "../scratch.ts";
import type { Workload } from "../workload.ts";
import type { CopyWay, SocketTarget } from "../ways.ts";

/** A file, from the page cache to a socket. */
export const copy: Workload<CopyWay> = repeated({
  unit: "MB/s",
  open: () => openReceiver("count"),
  start:
    (way, { size, target }) =>
    (count) =>
      withFile(async (path) => {
        await writeFile(path, "");
        await truncate(path, count * size);
        return timed(async () => {
          const sent = await way(target as SocketTarget, path);
          expectBytes(sent.arrived, count * size);
          return sent;
        });
      }),
});

import { streamSSE } from "hono/streaming";
import type { Feed } from "../live/feed.ts";
import type { App } from "./app.ts";

/** `GET /events`: what moves now, for the page. `live/snapshot.ts` says what it means. */
export function addEvents(app: App, feed: Feed): void {
  app.get("/events", (c) =>
    streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      for await (const data of feed.snapshots(gone.signal)) {
        await stream.writeSSE({ event: "snapshot", data });
      }
    }),
  );
}

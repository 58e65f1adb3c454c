import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { Logger } from "pino";
import type { Ingest } from "../ingest/ingest.ts";
import type { Feed } from "../live/feed.ts";
import type { Transfers } from "../live/transfers.ts";
import type { Access } from "../servers/access.ts";
import type { Store } from "../store/store.ts";
import { addEvents } from "./events.ts";
import { addMetrics } from "./metrics.ts";
import { addPage } from "./page.ts";
import { addSwitches, type Switches } from "./switches.ts";
import { addUploads } from "./uploads.ts";

/** What handlers find in their context: Node's own request. */
interface AppEnv {
  Bindings: HttpBindings;
}

export type App = Hono<AppEnv>;

export interface AppOptions {
  access: Access;
  ingest: Ingest;
  store: Store;
  feed: Feed;
  transfers: Transfers;
  /** Undefined where the page has no switches. */
  switches: Switches | undefined;
  /** The folder of the page's files. */
  page: string;
  log: Logger;
}

/** Everything that the relay says over HTTP. */
export function makeApp(options: AppOptions): App {
  const { access } = options;
  const app: App = new Hono<AppEnv>();

  app.onError((error, c) => {
    options.log.error({ err: error, method: c.req.method, path: c.req.path }, "request failed");
    return c.json(
      { error: "ERR_RELAY_INTERNAL", message: "the relay has failed; its log says why" },
      500,
    );
  });

  // Without a token: health checks of balancers and supervisors, and the files of the page, which hold no data.
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  addPage(app, options.page);

  app.use(async (c, next) => {
    const refusal = access.refusalOf(c.env.incoming);
    if (refusal === undefined) return next();
    const { status, headers, body } = refusal;
    return new Response(body, { status, headers: { ...headers, Connection: "close" } });
  });
  addUploads(app, options);
  addEvents(app, options.feed);
  if (options.switches !== undefined) addSwitches(app, options.switches);
  addMetrics(app, options.transfers, options.store);
  return app;
}

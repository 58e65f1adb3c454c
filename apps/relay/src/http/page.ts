import { existsSync } from "node:fs";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import type { MiddlewareHandler } from "hono";
import type { App } from "./app.ts";

/** Where a page was not built yet. */
const PLACEHOLDER = `<!doctype html>
<html lang="en">
  <title>relay</title>
  <h1>relay</h1>
  <p>The page was not built. What it would show: <a href="/events">/events</a>, <a href="/uploads">/uploads</a>,
  <a href="/metrics">/metrics</a>.</p>
</html>
`;

/** Nothing from elsewhere runs in the page, and it asks nobody else. */
const POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The page: the files of a folder that the bundler has written. It names all but `index.html` by their content. */
export function addPage(app: App, folder: string): void {
  if (!existsSync(join(folder, "index.html"))) {
    app.get("/", (c) => c.html(PLACEHOLDER));
    return;
  }
  app.get("/*", secure, serveStatic({ root: folder }));
}

const secure: MiddlewareHandler = async (c, next) => {
  c.header("Content-Security-Policy", POLICY);
  c.header("X-Content-Type-Options", "nosniff");
  await next();
  const isNamedByContent = c.res.ok && c.req.path.startsWith("/assets/");
  c.header("Cache-Control", isNamedByContent ? "public, max-age=31536000, immutable" : "no-cache");
};

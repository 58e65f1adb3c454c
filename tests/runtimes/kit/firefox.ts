import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Running } from "@aw/testing";
import { binaries } from "../binaries.ts";
import type { Outcome } from "./collected.ts";

/** So that it asks nobody for anything by itself. */
const PREFERENCES: Readonly<Record<string, boolean | number | string>> = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.safebrowsing.update.enabled": false,
  "browser.search.update": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "http://127.0.0.1:9/",
  "toolkit.telemetry.enabled": false,
};

/**
 * Imports a bundle in a page of the system's Firefox, which Playwright does not drive: the page itself posts what
 * `outcome` says, and what was printed.
 */
export async function inFirefox(
  bundle: string,
  injected: Readonly<Record<string, unknown>> = {},
): Promise<{ outcome?: Outcome; printed: string[] }> {
  const page = `<!doctype html><script type="module">
    globalThis.injected = ${JSON.stringify(injected)};
    const printed = [];
    console.log = (...values) => printed.push(values.join(" "));
    const post = (answer) => fetch("/answer", { method: "POST", body: JSON.stringify(answer) });
    try {
      const kit = await import("/${basename(bundle)}");
      await post({ outcome: await kit.outcome?.(), printed });
    } catch (error) {
      await post({ error: String(error) + error.stack });
    }
  </script>`;
  const { promise: answered, resolve } = Promise.withResolvers<IncomingMessage>();
  const server = createServer((request, response) => {
    response.setHeader("content-type", request.url === "/" ? "text/html" : "text/javascript");
    if (request.url === "/answer") resolve(request);
    else response.end(request.url === "/" ? page : readFileSync(bundle));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const profile = mkdtempSync(join(tmpdir(), "aw-firefox-"));
  const lines = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const firefox = new Running(
    binaries.firefox,
    ["--headless", "--no-remote", "--profile", profile, `http://127.0.0.1:${port}/`],
    { env: { ...process.env, HOME: profile } },
  );
  try {
    const request = await Promise.race([answered, firefox.ended]);
    if (!("headers" in request)) throw new Error(`firefox ended: ${request.stderr}`);
    const answer = JSON.parse(String(Buffer.concat(await request.toArray()))) as
      | { error: string }
      | { outcome?: Outcome; printed: string[] };
    if ("error" in answer) throw new Error(answer.error);
    return answer;
  } finally {
    firefox.child.kill();
    await firefox.ended;
    server.closeAllConnections();
    server.close();
    // Its other processes may still write.
    rmSync(profile, { recursive: true, maxRetries: 10 });
  }
}

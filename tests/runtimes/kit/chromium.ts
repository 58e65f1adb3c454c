import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { CHROMIUM } from "@aw/testing";
import { chromium } from "playwright";
import type { Outcome } from "./collected.ts";

/** Imports a bundle in a page of Chromium. Resolves with what `outcome` says, or with what was printed. */
export async function inChromium(
  bundle: string,
  injected: Readonly<Record<string, unknown>> = {},
): Promise<{ outcome?: Outcome; printed: string[] }> {
  const server = createServer((request, response) => {
    const isPage = request.url === "/";
    response.setHeader("content-type", isPage ? "text/html" : "text/javascript");
    response.end(isPage ? "<!doctype html>" : readFileSync(bundle));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage();
    const printed: string[] = [];
    page.on("console", (message) => printed.push(message.text()));
    await page.goto(`http://127.0.0.1:${port}/`);
    // As a text: what runs in the page is not this module's.
    const script = `
      globalThis.injected = ${JSON.stringify(injected)};
      import("/${basename(bundle)}").then((kit) => kit.outcome?.())
    `;
    const outcome = await page.evaluate(script);
    return { ...(outcome === undefined ? {} : { outcome: outcome as Outcome }), printed };
  } finally {
    await browser.close();
    server.close();
  }
}

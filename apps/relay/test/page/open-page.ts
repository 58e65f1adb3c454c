import { CHROMIUM } from "@aw/testing";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Relay } from "../../src/relay.ts";

/** Against a hang, in milliseconds. */
const TIMEOUT = 60_000;

/** What is to become true of what `look` returns. */
export function eventually<T>(look: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { timeout: TIMEOUT });
}

/** Opens pages of relays in one Chromium. Each test fails that leaves an error in the console of a page. */
export function pages(): {
  open: (relay: Relay, options?: BrowserContextOptions) => Promise<Page>;
  /** What the consoles have said; a test that provokes an error empties it. */
  errors: string[];
} {
  let browser: Browser;
  const errors: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch(CHROMIUM);
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(errors.splice(0)).toEqual([]);
  });
  return {
    errors,
    async open(relay, options) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(TIMEOUT);
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
      });
      // It works where there is no other network than the way to the relay.
      page.on("request", (request) => {
        const { origin } = new URL(request.url());
        if (origin !== relay.addressOf("http")) errors.push(`asks ${origin}`);
      });
      page.on("pageerror", (error) => errors.push(String(error)));
      await page.goto(`${relay.addressOf("http")}/`);
      return page;
    },
  };
}

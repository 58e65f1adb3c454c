/**
 * `pnpm docs:check`: builds the site, opens each page in Chromium, and fails on a broken link or heading, an error on the
 * console, a request to elsewhere, a page wider than a phone, a search that does not find, or a demonstration that does not
 * show what it says. `--built` checks what was built before.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { CHROMIUM } from "@aw/testing";
import { chromium, type Browser, type Page } from "playwright";
import { DOCS } from "./pages.ts";
import { DIST, serve } from "./serve.ts";

/** What people look for, and a page that has to be among the results. */
const SEARCHES: ReadonlyMap<string, string> = new Map([
  ["flush", "/start/promises"],
  ["durability", "/packages/file"],
  ["ERR_AW_TRUNCATED", "/reference/troubleshooting"],
]);

const PHONE = { width: 390, height: 844 };

interface Visited {
  readonly links: readonly string[];
  readonly ids: ReadonlySet<string>;
  readonly faults: readonly string[];
}

if (!process.argv.includes("--built")) {
  const { status } = spawnSync("pnpm", ["docs:build"], { cwd: DOCS, stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

await using site = await serve();
const launched = await chromium.launch(CHROMIUM);
try {
  const faults = [
    ...(await demonstration(launched, site.origin)),
    ...(await search(launched, site.origin)),
    ...(await walk(launched, site.origin)),
  ];
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await launched.close();
}

/** Opens each page, then looks whether each link leads to one of them, and to a heading there. */
async function walk(browser: Browser, origin: string): Promise<string[]> {
  const urls = globSync("**/*.html", { cwd: DIST })
    .filter((file) => file !== "404.html")
    .map((file) => `/${file.replace(/(^|\/)index\.html$/, "$1")}`)
    .toSorted();
  const context = await browser.newContext({ viewport: PHONE, reducedMotion: "reduce" });
  const page = await context.newPage();
  const visited = new Map<string, Visited>();
  for (const url of urls) visited.set(url, await visit(page, origin, url));
  await context.close();

  const faults: string[] = [];
  let count = 0;
  for (const [url, { links, faults: own }] of visited) {
    faults.push(...own.map((fault) => `${url}: ${fault}`));
    for (const link of links) {
      count++;
      const { pathname, hash } = new URL(link);
      const target = visited.get(decodeURIComponent(pathname));
      const id = decodeURIComponent(hash.slice(1));
      if (target === undefined) faults.push(`${url}: links to ${pathname}, which is not there`);
      else if (id !== "" && !target.ids.has(id)) faults.push(`${url}: no heading ${link}`);
    }
  }
  console.log(`${urls.length} pages, ${count} links, ${faults.length} faults`);
  return faults;
}

async function visit(page: Page, origin: string, url: string): Promise<Visited> {
  const faults: string[] = [];
  page.removeAllListeners();
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const to = request.url();
    if (!to.startsWith(origin) && !to.startsWith("data:")) faults.push(`asks elsewhere: ${to}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  await page.goto(origin + url);
  // What is drawn by the server is alive: an error of the page's own code would have shown.
  await page.waitForFunction(`document.querySelector("#app")?.__vue_app__ !== undefined`);
  const found = await page.evaluate<{
    links: string[];
    ids: string[];
    width: number;
    title: string;
  }>(
    `({
      links: [...document.querySelectorAll("a[href]")].map(({ href }) => href).filter((href) => href.startsWith(location.origin)),
      ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
      width: document.documentElement.scrollWidth,
      title: document.querySelector("h1")?.textContent ?? "",
    })`,
  );
  if (found.width > PHONE.width) faults.push(`${found.width} pixels wide on a phone`);
  if (found.title === "") faults.push("has no title");
  return { links: found.links, ids: new Set(found.ids), faults };
}

/** Watches the start page until some MiB wait in the stream of the platform: ours holds its two slabs then. */
async function demonstration(browser: Browser, origin: string): Promise<string[]> {
  const page = await browser.newPage();
  await page.goto(origin);
  const waiting = page.locator(".demo tr.main td");
  await waiting.filter({ hasText: /^[3-9]\.\d MiB$/ }).waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  const [stream = "", ours = ""] = await waiting.allTextContents();
  const refused = await page.locator(".demo tbody tr").last().locator("td").allTextContents();
  await page.close();
  console.log(
    `the demonstration: ${stream} beside ${ours}; "not now": ${refused.join(" beside ")}`,
  );
  const isShown = ours === "128 KiB" && refused[0] === "never" && /^[1-9]/.test(refused[1] ?? "");
  return isShown ? [] : ["the demonstration does not show what it says"];
}

/** Types into the search box, as people do. */
async function search(browser: Browser, origin: string): Promise<string[]> {
  const faults: string[] = [];
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce",
  });
  for (const [words, wanted] of SEARCHES) {
    await page.goto(origin, { waitUntil: "networkidle" });
    await page.locator("#local-search button").click();
    await page.locator("#localsearch-input").fill(words);
    const results = page.locator(".VPLocalSearchBox .result");
    await results.first().waitFor();
    const hrefs = await page.evaluate<string[]>(
      `[...document.querySelectorAll(".VPLocalSearchBox .result")].map(({ pathname }) => pathname)`,
    );
    console.log(`search for ${words}: ${hrefs.length} results, the first ${hrefs[0]}`);
    if (!hrefs.some((href) => href.startsWith(wanted))) {
      faults.push(`the search for ${words} does not find ${wanted}: ${hrefs.join(" ")}`);
    }
  }
  await page.close();
  return faults;
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ERROR_CODES } from "@aw/core";
import { expect, it } from "vitest";
import { pageOfLink } from "../.vitepress/links.ts";
import { sidebar } from "../.vitepress/sidebar.ts";
import { publicSymbols } from "../tools/api-pages.ts";
import { DOCS, includedBy, pages, ROOT, type Page } from "../tools/pages.ts";
import { recipePages } from "../tools/recipe-pages.ts";

const all = pages();
const recipes = [...recipePages()].map(([name, markdown]) => ({
  path: `docs/recipes/${name}.md`,
  url: `/recipes/${name}`,
  markdown,
}));
const urls = new Set([...all, ...recipes].map(({ url }) => url));

/** A page with what it includes, without its code. */
function proseOf(page: Page): string {
  const included = includedBy(page)
    .filter((path) => path.endsWith(".md"))
    .map((path) => readFileSync(join(ROOT, path), "utf8"));
  return [page.markdown, ...included].join("\n").replaceAll(/^ *```[^]*?^ *```/gm, "");
}

/** What VitePress makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .replaceAll(/[`*]/g, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\d_]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "");
}

function anchorsOf(url: string): string[] {
  const page = all.find((other) => other.url === url);
  const headings = (page === undefined ? "" : proseOf(page)).matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) => anchorOf(heading));
}

/** Why a link of a page leads nowhere, if so. */
function faultOf(link: string, page: Page): string | undefined {
  const href = pageOfLink(link);
  // Pages of the API are made of the sources: `pnpm docs:check` follows those links, and those to elsewhere not.
  if (/^([a-z]+:|\/api\/)/.test(href)) return undefined;
  const [path = "", anchor] = href.split("#");
  const url = path === "" ? page.url : path;
  if (anchor !== undefined && !anchorsOf(url).includes(anchor)) return `no such heading: ${href}`;
  const isFile = existsSync(join(ROOT, dirname(page.path), path));
  return urls.has(url) || (isFile && !path.startsWith("/")) ? undefined : `no such page: ${href}`;
}

it.each([...all, ...recipes])("the links of $path lead somewhere", (page) => {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)];
  const faults = links.map(([, markdown, html]) => faultOf(markdown ?? html ?? "", page));
  expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
});

it("the links of the README of the repository lead to files", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const links = [...readme.matchAll(/\]\(([^):]+)\)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

it("every page is in the sidebar, and nothing else is", () => {
  const listed = sidebar.flatMap(({ items = [] }) => items.map(({ link }) => link));
  expect(new Set(listed)).toEqual(new Set([...urls, "/api/"]));
});

it("every package has a guide, and every recipe a page", () => {
  const packages = readdirSync(join(ROOT, "packages")).filter((name) => name !== "testing");
  expect(packages.filter((name) => !urls.has(`/packages/${name}`))).toEqual([]);
  const sources = readdirSync(join(ROOT, "apps/recipes/src"));
  expect(sources.filter((file) => !urls.has(`/recipes/${file.slice(0, -3)}`))).toEqual([]);
});

it.each(["compression", "conformance", "core", "file", "node", "tcp", "tls", "websocket"])(
  "the guide of @aw/%s leaves nothing out of the README but what stands at its top",
  (name) => {
    const guide = readFileSync(join(DOCS, "packages", `${name}.md`), "utf8");
    const [, from = ""] = /README\.md\{(\d+),\}/.exec(guide) ?? [];
    const readme = readFileSync(join(ROOT, "packages", name, "README.md"), "utf8").split("\n");
    const top = readme.slice(0, Number(from) - 1).join("\n");
    expect(top).toMatch(/^# @aw\/\w+\n\n(?:.+\n)+\n```sh\nnpm install .*\n```\n$/);
    expect(guide).toContain(/```sh\n.*\n```/.exec(top)?.[0] ?? "none");
  },
);

it("every error code has an entry that says what to do, and no other code has", () => {
  const text = readFileSync(join(DOCS, "reference/troubleshooting.md"), "utf8");
  const entries = text.split(/^### /m).slice(1);
  expect(entries.map((entry) => entry.split("\n")[0])).toEqual([...ERROR_CODES]);
  for (const entry of entries) {
    expect(entry).toMatch(/^- What to do: /m);
  }
});

it("every public symbol has a page of its own, or of the package that it comes from", async () => {
  const documented = await publicSymbols();
  for (const [module, symbols] of documented) {
    const [, name = "", entry = "index"] = module.split("/");
    const source = readFileSync(join(ROOT, "packages", name, "src", `${entry}.ts`), "utf8");
    const lists = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)];
    const exported = lists.flatMap(([, list = ""]) => list.split(",")).map(nameIn);
    expect(symbols.toSorted()).toEqual(
      expect.arrayContaining(exported.filter((symbol) => symbol !== "")),
    );
  }
  expect([...documented.keys()]).toContain("@aw/core/implementor");
});

/** The name in an export list: "type Foo", "foo as bar". */
function nameIn(item: string): string {
  return (
    item
      .trim()
      .replace(/^type /, "")
      .split(" as ")
      .at(-1) ?? ""
  ).trim();
}

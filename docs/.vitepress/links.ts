import type { MarkdownRenderer } from "vitepress";
import { PACKAGES } from "./sidebar.ts";

/** Links of files that pages include, which are meant from where those files lie, and the pages they become. */
const PAGE_OF: readonly (readonly [link: RegExp, page: string])[] = [
  [new RegExp(`^(?:\\.\\./|packages/)(${PACKAGES.join("|")})(?:/README\\.md)?$`), "/packages/$1"],
  [/^https:\/\/github\.com\/aw-streams\/aw\/blob\/main\/docs\/([\w/-]+)\.md(#.*)?$/, "/$1$2"],
  [/^src\/([\w-]+)\.ts$/, "/recipes/$1"],
];

/** The page that a link of an included file leads to; other links as they are. */
export function pageOfLink(href: string): string {
  const rewrite = PAGE_OF.find(([link]) => link.test(href));
  return rewrite === undefined ? href : href.replace(...rewrite);
}

/** Turns the links of included files into links to pages. */
export function rewriteLinks(markdown: MarkdownRenderer): void {
  // Before VitePress looks whether there is such a page.
  const render = markdown.renderer.rules["link_open"];
  markdown.renderer.rules["link_open"] = (tokens, index, ...rest) => {
    const token = tokens[index];
    token?.attrSet("href", pageOfLink(token.attrGet("href") ?? ""));
    return render?.(tokens, index, ...rest) ?? "";
  };
}

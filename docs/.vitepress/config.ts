import { defineConfig } from "vitepress";
import { rewriteLinks } from "./links.ts";
import { navigation, sidebar } from "./sidebar.ts";

const conditions = ["@aw/source"];

export default defineConfig({
  title: "aw",
  description: "Byte writers and readers for TypeScript with honest backpressure, flush and close",
  srcExclude: ["**/node_modules/**"],
  cleanUrls: false,
  lastUpdated: false,
  head: [["link", { rel: "icon", href: "/icon.svg", type: "image/svg+xml" }]],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (markdown) => void markdown.use(rewriteLinks),
  },
  themeConfig: {
    nav: navigation,
    sidebar,
    outline: [2, 3],
    search: {
      provider: "local",
      options: {
        miniSearch: {
          searchOptions: {
            // Who searches a word wants to know what it means, and then its signature.
            boostDocument: (id: string) => (/^\/(api|performance)/.test(id) ? 0.2 : 1),
          },
        },
      },
    },
    docFooter: { prev: "Before", next: "Next" },
  },
  vite: {
    // The demonstrations run the sources of @aw/core: no build in between.
    resolve: { conditions },
    ssr: { resolve: { conditions }, noExternal: [/^@aw\//] },
    // esbuild does not know the target of the repository yet.
    esbuild: { tsconfigRaw: { compilerOptions: { target: "es2022" } } },
    build: { target: "es2022", chunkSizeWarningLimit: 2000 },
  },
});

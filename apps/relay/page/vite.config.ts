import { defineConfig } from "vite";

/** Builds the page from the sources of the packages: none of them has to be built before. */
export default defineConfig({
  // Files are named from the page: a relay may stand behind a proxy, under a path.
  base: "./",
  resolve: { conditions: ["@aw/source", "browser", "module", "import", "default"] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // the first that know light-dark()
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  logLevel: "warn",
});

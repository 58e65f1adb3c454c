import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { DefaultTheme } from "vitepress";

const recipes: string = join(import.meta.dirname, "../../apps/recipes/src");

/** The packages in the order in which people meet them. */
export const PACKAGES: readonly string[] = [
  "core",
  "tcp",
  "tls",
  "websocket",
  "file",
  "compression",
  "node",
  "cli",
  "conformance",
];

/** In the order of a newcomer's first hour. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: "Start",
    items: [
      { text: "What it is", link: "/" },
      { text: "Install", link: "/start/install" },
      { text: "Five-minute tour", link: "/start/tour" },
      { text: "What a promise proves", link: "/start/promises" },
    ],
  },
  {
    text: "Moving over",
    items: [
      { text: "From Node streams", link: "/moving/node-streams" },
      { text: "From WHATWG streams", link: "/moving/web-streams" },
      { text: "From fs", link: "/moving/fs" },
      { text: "From ws and WebSocket", link: "/moving/ws" },
    ],
  },
  {
    text: "Guides",
    items: [
      { text: "Reading", link: "/guides/reading" },
      { text: "Composing", link: "/guides/composing" },
    ],
  },
  {
    text: "Writing your own",
    items: [
      { text: "A transport", link: "/own/transport" },
      { text: "A layer", link: "/own/layer" },
      { text: "A reader", link: "/own/reader" },
      { text: "Proving it", link: "/own/proof" },
    ],
  },
  {
    text: "Packages",
    items: PACKAGES.map((name) => ({ text: `@aw/${name}`, link: `/packages/${name}` })),
  },
  {
    text: "Reference",
    items: [
      { text: "Troubleshooting", link: "/reference/troubleshooting" },
      { text: "API", link: "/api/" },
      { text: "Runtimes", link: "/reference/runtimes" },
      { text: "Performance", link: "/performance" },
      { text: "Architecture and contract", link: "/reference/architecture" },
      { text: "For people from Rust", link: "/reference/rust" },
    ],
  },
  {
    text: "Recipes",
    items: [
      { text: "All recipes", link: "/recipes/" },
      ...readdirSync(recipes)
        .map((file) => file.replace(/\.ts$/, ""))
        .map((name) => ({ text: name.replaceAll("-", " "), link: `/recipes/${name}` })),
    ],
  },
];

export const navigation: DefaultTheme.NavItem[] = [
  { text: "Tour", link: "/start/tour" },
  { text: "Packages", link: "/packages/core", activeMatch: "/packages/" },
  { text: "Recipes", link: "/recipes/", activeMatch: "/recipes/" },
  // Not the icon of VitePress, which asks a server for it.
  { text: "GitHub", link: "https://github.com/aw-streams/aw" },
];

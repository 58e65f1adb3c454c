/**
 * Which way the folders of each package point: a file imports from its own folder and from those named before
 * it, never from a later one. In an inner list are folders of one height, which know nothing of each other. "." are
 * the files of `src` itself; a file named here is apart from them. Entry points stand above all.
 */
export const SOURCE_FOLDERS: Readonly<Record<string, readonly (string | readonly string[])[]>> = {
  core: [
    "trait",
    "task",
    "slab",
    "options",
    "accept",
    "source",
    "engine",
    "writer",
    "reader",
    "web",
    "layer/parts",
    "layer",
    ["memory", "copy"],
    "framing",
  ],
  conformance: [
    "instruments",
    ".",
    "reader",
    "stack",
    "cases",
    "schedule.ts",
    "conformance-cases.ts",
  ],
  node: ["."],
  tcp: ["."],
  tls: ["."],
  websocket: ["link", "link/node", ["accept/node", "connect/browser", "connect/node"]],
  file: ["descriptor", "reader", "replace", "writer", "log", "rotation", "."],
  compression: [".", "sync", ["browser", "node"]],
  cli: ["line", "ends", "commands", "."],
};

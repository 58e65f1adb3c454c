import type { ImportWay, SizeWay } from "../../src/ways.ts";

const PACKAGES: readonly string[] = [
  "@aw/core",
  "@aw/node",
  "@aw/tcp",
  "@aw/tls",
  "@aw/websocket",
  "@aw/file",
  "@aw/compression",
];

export const imports: Record<string, ImportWay> = Object.fromEntries(
  PACKAGES.map((name) => [name, name]),
);

export const size: Record<string, SizeWay> = {
  "trait, Writer, buffered": `export { buffered, PENDING, Writer } from "@aw/core";`,
  ...Object.fromEntries(PACKAGES.map((name) => [name, `export * from "${name}";`])),
};

/**
 * What the tests of several packages share. Private: published packages name it in `devDependencies` only.
 * `@aw/testing/vitest` has what hooks into a test run.
 *
 * @packageDocumentation
 */
export { Random } from "@aw/conformance";
export { Authority } from "./authority.ts";
export { CHROMIUM } from "./chromium.ts";
export { selfSigned, type Certificate } from "./certificate.ts";
export { codeBlocks, type CodeBlock } from "./examples/code-blocks.ts";
export { ExampleProject, promisedLines, type Example } from "./examples/example-project.ts";
export { openResources, settled } from "./open-resources.ts";
export { readToEnd } from "./read-to-end.ts";
export { Running, type Ended } from "./running.ts";
export { SEED } from "./seed.ts";

import { AxeBuilder } from "@axe-core/playwright";
import { expect, it } from "vitest";
import { relays } from "../start-relay.ts";
import { pages } from "./open-page.ts";

const { start } = relays();
const { open } = pages();

it.each(["light", "dark"] as const)("axe finds nothing, in %s", async (colorScheme) => {
  const relay = await start({ limits: { bytesPerSecond: 500_000 } });
  const page = await open(relay, { colorScheme });
  await page.getByRole("button", { name: "Make up 20 MB" }).click();
  await page.getByText(/your file waits for sha256/).waitFor();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }))).toEqual(
    [],
  );
});

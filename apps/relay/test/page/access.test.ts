import { expect, it } from "vitest";
import { relays } from "../start-relay.ts";
import { eventually, pages } from "./open-page.ts";

const { start } = relays();
const { open, errors } = pages();

it("asks for a token, says what is wrong with another one, and sends with the right one", async () => {
  const token = "0123456789abcdef";
  const relay = await start({ access: { tokens: [token] } });
  const page = await open(relay);
  await page.getByRole("textbox", { name: "Token" }).fill("of somebody else");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("alert").getByText("The relay does not know this token.").waitFor();
  await page.getByRole("textbox", { name: "Token" }).fill(token);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Nothing moves now." }).waitFor();
  await page.getByText("1 MB/s", { exact: true }).click();
  await eventually(() => relay.feed.snapshot().receiverBytesPerSecond).toBe(1_000_000);
  await page.getByText("Full speed", { exact: true }).click();
  await page.getByRole("button", { name: "Make up 20 MB" }).click();
  await page.getByText("The digests are equal.").waitFor();
  // It stays in this tab.
  await page.reload();
  await page.getByText("made-up-20-MB").waitFor();
  // The browser itself complains of the answers with 401.
  expect(errors.filter((error) => !error.includes("401"))).toEqual([]);
  errors.length = 0;
});

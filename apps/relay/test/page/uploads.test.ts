import { createHash, randomBytes } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import type { Locator, Page } from "playwright";
import { expect, it } from "vitest";
import { relays } from "../start-relay.ts";
import { eventually, pages } from "./open-page.ts";

/** 200 shows what a large file does; the shorter run has the same parts. */
const MEGABYTES = Number(process.env["AW_PAGE_MB"] ?? 20);

const { folder, start } = relays();
const { open } = pages();

function upload(page: Page, name: string): Locator {
  return page
    .getByRole("list", { name: "Uploads of this page" })
    .getByRole("listitem")
    .filter({ hasText: name });
}

function digests(row: Locator): Promise<(string | null)[]> {
  return row
    .locator("[data-sha256]")
    .evaluateAll((codes) => codes.map((code) => code.getAttribute("data-sha256")));
}

/** Half of each block is noise, half is zeros: gzip has something to do, and not too much. */
async function makeFile(path: string, megabytes: number): Promise<string> {
  const block = Buffer.concat([randomBytes(500_000), Buffer.alloc(500_000)]);
  const content = Buffer.concat(Array.from({ length: megabytes }, () => block));
  await writeFile(path, content);
  return createHash("sha256").update(content).digest("hex");
}

it(`a file of ${MEGABYTES} MB arrives, and both digests are equal`, async () => {
  const relay = await start();
  const page = await open(relay);
  const sha256 = await makeFile(folder.at("a file.bin"), MEGABYTES);
  await page.getByLabel(/Choose files/).setInputFiles(folder.at("a file.bin"));
  const row = upload(page, "a file.bin");
  await row.getByText("The digests are equal.").waitFor({ timeout: 110_000 });
  expect(await digests(row)).toEqual([sha256, sha256]);
  const recent = page.getByRole("row", { name: /a-file\.bin websocket gzip/ });
  expect(await recent.locator("[data-sha256]").getAttribute("data-sha256")).toBe(sha256);
  expect(relay.feed.snapshot().recent).toMatchObject([{ sha256, encoding: "gzip" }]);
});

it("a dropped file goes as it is where that is asked for", async () => {
  const relay = await start();
  const page = await open(relay);
  await page.getByLabel("Compress with gzip").uncheck();
  const dropped = await page.evaluateHandle(`
    const transfer = new DataTransfer();
    transfer.items.add(new File(["dropped"], "dropped.txt"));
    transfer;
  `);
  await page.getByRole("main").dispatchEvent("drop", { dataTransfer: dropped });
  const row = upload(page, "dropped.txt");
  await row.getByText("The digests are equal.").waitFor();
  const [receipt] = relay.feed.snapshot().recent;
  expect(receipt).toMatchObject({ bytes: 7, encoding: "identity", route: "websocket" });
});

it("an upload waits while it is paused, and a cancelled one leaves nothing", async () => {
  const relay = await start({ limits: { bytesPerSecond: 8_000_000 } });
  const page = await open(relay);
  await page.getByRole("button", { name: "Make up 200 MB" }).click();
  const row = upload(page, "made-up-200-MB");
  await row.getByText(/Sending, [1-9]0 % done/).waitFor();
  await row.getByRole("button", { name: "Pause" }).click();
  await row.getByText(/Paused, /).waitFor();
  // What was under way arrives, and then nothing moves.
  await page.getByRole("heading", { name: "1 transfer at 0 B/s." }).waitFor();
  const [transfer] = relay.feed.snapshot().transfers;
  expect(transfer?.layers.at(-1)?.bytesIn).toBeLessThan(200_000_000);
  await row.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("heading", { name: /1 transfer at [1-9].* MB\/s/ }).waitFor();
  await row.getByRole("button", { name: "Pause" }).click();
  await row.getByRole("button", { name: "Cancel" }).click();
  await row.getByText("The relay has kept nothing of it.").waitFor();
  await page.getByRole("row", { name: /made-up-200-MB websocket Nothing kept/ }).waitFor();
  await page.getByRole("heading", { name: "Nothing moves now." }).waitFor();
  expect(relay.feed.snapshot()).toMatchObject({ transfers: [], totals: { stored: 0, refused: 1 } });
  expect(await readdir(folder.at("data/uploads"))).toEqual([]);
});

it("what the relay refuses is said in its own words", async () => {
  const relay = await start({ limits: { maxBytes: 1_000_000 } });
  const page = await open(relay);
  await page.getByRole("button", { name: "Make up 20 MB" }).click();
  await upload(page, "made-up-20-MB")
    .getByText(/refused the upload: ERR_AW_LIMIT/)
    .waitFor();
  expect(await readdir(folder.at("data/uploads"))).toEqual([]);
});

it("four uploads go at a time, others wait for their turn", async () => {
  const relay = await start({ limits: { bytesPerSecond: 100_000 } });
  const page = await open(relay);
  await page.getByLabel("Compress with gzip").uncheck();
  for (let each = 0; each < 6; each++) await page.getByRole("button", { name: "20 MB" }).click();
  const rows = upload(page, "made-up-20-MB");
  await page.getByRole("heading", { name: /^4 transfers at/ }).waitFor();
  // The newest is the first of the list.
  const sixth = rows.nth(0);
  const fifth = rows.nth(1);
  await sixth.getByText("Waits for its turn").waitFor();
  await fifth.getByText("Waits for its turn").waitFor();
  await fifth.getByRole("button", { name: "Cancel" }).click();
  await fifth.getByText("The relay has kept nothing of it.").waitFor();
  await rows.nth(5).getByRole("button", { name: "Cancel" }).click();
  await sixth.getByText(/Sending/).waitFor();
  await fifth.getByRole("button", { name: "Clear" }).click();
  await eventually(() => rows.count()).toBe(5);
});

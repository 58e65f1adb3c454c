import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { inspect, copy, sink, type Connection } from "@aw/core";
import { listen } from "@aw/websocket";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it, onTestFinished } from "vitest";
import { upload } from "../src/upload-progress.ts";
import { runRecipe } from "./recipe.ts";

const { at } = temporaryFolder();

/** A server that hands its first connection to `take`. */
async function serve(
  take: (connection: Connection) => Promise<unknown>,
): Promise<{ url: string; outcome: Promise<unknown> }> {
  const listener = await listen();
  onTestFinished(() => listener.abort());
  const outcome = (async () => {
    for await (const connection of listener) return await take(connection);
  })();
  outcome.catch(() => {});
  return { url: `ws://127.0.0.1:${(listener.address as AddressInfo).port}`, outcome };
}

/** Reads to the end and answers with the digest. */
async function receive(connection: Connection): Promise<void> {
  const hash = createHash("sha256");
  await copy(
    connection.readable,
    inspect(sink(), (bytes) => hash.update(bytes)),
  );
  await connection.writeAll(hash.digest("hex"));
  await connection.close();
}

const bytes = randomBytes(20_000_000);
const sha256 = createHash("sha256").update(bytes).digest("hex");

it("sends every byte, and its progress only grows, up to the end", async () => {
  const { url } = await serve(receive);
  const seen: number[] = [];
  const onProgress = (sent: number): void => void seen.push(sent);
  expect(await upload(url, new Blob([bytes]), { onProgress })).toBe(sha256);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(bytes.length);
});

it("ends in the middle by its signal, and the server sees a cut", async () => {
  const { url, outcome } = await serve((connection) => copy(wait(connection), sink()));
  const stop = new AbortController();
  let last = 0;
  const started = Promise.withResolvers<void>();
  async function* wait(connection: Connection): AsyncGenerator<Uint8Array> {
    await started.promise;
    stop.abort(new Error("the user pressed cancel"));
    yield* connection.readable;
  }
  const huge = new Blob(Array.from({ length: 10 }, () => bytes));
  const uploading = upload(url, huge, {
    signal: stop.signal,
    onProgress(sent, total) {
      last = sent;
      expect(total).toBe(200_000_000);
      started.resolve();
    },
  });
  await expect(uploading).rejects.toMatchObject({ name: "AbortError" });
  expect(last).toBeLessThan(huge.size);
  await expect(outcome).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
});

it("runs as a command", async () => {
  const { url } = await serve(receive);
  await writeFile(at("video.mp4"), bytes);
  const { status, output, errors } = await runRecipe("upload-progress", url, at("video.mp4")).end();
  expect({ status, output }).toEqual({ status: 0, output: `${sha256}\n` });
  expect(errors).toMatch(/\r100 %$/);
});

import { expect, inject, it } from "vitest";
import { upload } from "../../src/upload-progress.ts";

const url = `ws://127.0.0.1:${inject("uploadPort")}`;

/** 8 MB that no two parts of are alike. */
const file = new Blob([Uint32Array.from({ length: 2_000_000 }, (_, index) => index)]);

it("sends a file from a page, and its progress goes up to the end", async () => {
  const seen: number[] = [];
  const answer = await upload(url, file, { onProgress: (bytes) => seen.push(bytes) });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  expect(answer).toBe([...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.at(-1)).toBe(file.size);
});

it("ends in the middle by its signal", async () => {
  const stop = new AbortController();
  const uploading = upload(url, file, { signal: stop.signal, onProgress: () => stop.abort() });
  await expect(uploading).rejects.toMatchObject({ name: "AbortError" });
});

import { createHash } from "node:crypto";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { newUploadId } from "../../src/ingest/upload-id.ts";
import type { Receipt } from "../../src/live/snapshot.ts";
import type { Slot, Store } from "../../src/store/store.ts";

/** A store under test, and what somebody else finds at its place. */
export interface Subject {
  /** Another one over the same place each time. Closed by the case, or at its end. */
  open(): Promise<Store>;
  /** The bytes of every upload that is to be seen there, by its id. Read without the store. */
  contents(): Promise<Map<string, Buffer>>;
  /** Whether nothing is left there of what was not finished: no chunk, no part, no file. */
  leftovers(): Promise<string[]>;
}

/** What the relay relies on in any store: the same cases for all. */
export function storeCases(name: string, place: () => Subject): void {
  describe(`${name}, as a store`, () => {
    it("has what was committed, byte for byte, and its receipt", async () => {
      await using subject = await opened(place());
      const { store } = subject;
      const large = Buffer.alloc(3_000_000, "some text that is long, ");
      const receipts: Receipt[] = [];
      const uploads = { "a.txt": Buffer.from("hello"), empty: Buffer.alloc(0), large };
      for (const [upload, bytes] of Object.entries(uploads)) {
        receipts.push(await put(store, upload, bytes));
      }
      const contents = await subject.place.contents();
      expect(contents.size).toBe(3);
      for (const { id, sha256 } of receipts) expect(sha256Of(contents.get(id))).toBe(sha256);
      expect(await store.list(10)).toEqual(receipts.toReversed());
      expect(await store.list(2)).toEqual(receipts.toReversed().slice(0, 2));
      for (const receipt of receipts) expect(await store.find(receipt.id)).toEqual(receipt);
      expect(await subject.place.leftovers()).toEqual([]);
    });

    it("shows nothing before the commit", async () => {
      await using subject = await opened(place());
      const { store } = subject;
      const { id, slot, receipt } = await begin(store, "x", Buffer.alloc(300_000, 1));
      expect(await seen(subject, id)).toEqual({ list: [], found: undefined });
      await slot.writer.close();
      expect(await seen(subject, id)).toEqual({ list: [], found: undefined });
      await slot.commit(receipt);
      expect(await seen(subject, id)).toEqual({ list: [receipt], found: receipt });
    });

    it("keeps nothing of what was aborted in the middle", async () => {
      await using subject = await opened(place());
      const { id, slot } = await begin(subject.store, "x", Buffer.alloc(3_000_000, 1));
      slot.writer.abort(new Error("the sender has gone"));
      await slot.discard();
      expect(await seen(subject, id)).toEqual({ list: [], found: undefined });
      expect((await subject.place.contents()).size).toBe(0);
      expect(await subject.place.leftovers()).toEqual([]);
    });

    it("keeps nothing of what was closed and not committed", async () => {
      await using subject = await opened(place());
      const { id, slot } = await begin(subject.store, "x", Buffer.alloc(300_000, 1));
      await slot.writer.close();
      await slot.discard();
      expect(await seen(subject, id)).toEqual({ list: [], found: undefined });
      expect((await subject.place.contents()).size).toBe(0);
      expect(await subject.place.leftovers()).toEqual([]);
    });

    it("has uploads at one time apart, also of one name", async () => {
      await using subject = await opened(place());
      const { store } = subject;
      const bodies = Array.from({ length: 8 }, (_, n) => Buffer.alloc(200_000 + n, n));
      const receipts = await Promise.all(bodies.map((bytes) => put(store, "same", bytes)));
      const contents = await subject.place.contents();
      expect(contents.size).toBe(8);
      for (const { id, sha256 } of receipts) expect(sha256Of(contents.get(id))).toBe(sha256);
      const listed = new Set((await store.list(10)).map(({ id }) => id));
      expect(listed).toEqual(new Set(receipts.map(({ id }) => id)));
    });

    it("is the same after it was closed and opened again", async () => {
      await using subject = await opened(place());
      const first = await put(subject.store, "a", Buffer.from("one"));
      const second = await put(subject.store, "b", Buffer.from("two"));
      await subject.store.close();
      subject.store = await subject.place.open();
      expect(await subject.store.list(10)).toEqual([second, first]);
      expect(await subject.store.find(first.id)).toEqual(first);
    });

    it("knows nothing of what was never there", async () => {
      await using subject = await opened(place());
      for (const id of ["unknown", newUploadId(), "*", "../x", "%2e", "é", "x".repeat(500)]) {
        expect(await subject.store.find(id)).toBeUndefined();
      }
      expect(await subject.store.list(10)).toEqual([]);
    });

    it("gives up what waits when the upload is ended from outside", async () => {
      await using subject = await opened(place());
      const ended = new AbortController();
      const { id, slot, receipt } = await begin(subject.store, "x", Buffer.from("x"), ended.signal);
      const reason = once(ended.signal, "abort");
      ended.abort(new Error("the relay stops"));
      await reason;
      slot.writer.abort(ended.signal.reason);
      await expect(slot.writer.close()).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
      await slot.discard();
      expect(await subject.store.find(id)).toBeUndefined();
      expect(receipt.id).toBe(id);
    });
  });
}

interface Opened extends AsyncDisposable {
  store: Store;
  readonly place: Subject;
}

async function opened(place: Subject): Promise<Opened> {
  const opening: Opened = {
    store: await place.open(),
    place,
    [Symbol.asyncDispose]: () => opening.store.close(),
  };
  return opening;
}

async function begin(
  store: Store,
  name: string,
  bytes: Buffer,
  signal?: AbortSignal,
): Promise<{ id: string; slot: Slot; receipt: Receipt }> {
  const id = newUploadId();
  const slot = await store.create({ id, name }, signal);
  await slot.writer.writeAll(bytes);
  const receipt: Receipt = {
    id,
    name,
    bytes: bytes.length,
    sha256: sha256Of(bytes),
    encoding: "identity",
    route: "tcp",
    storedAt: Date.now(),
    durationMs: 1,
  };
  return { id, slot, receipt };
}

async function put(store: Store, name: string, bytes: Buffer): Promise<Receipt> {
  const { slot, receipt } = await begin(store, name, bytes);
  await slot.writer.close();
  await slot.commit(receipt);
  return receipt;
}

async function seen(
  { store }: Opened,
  id: string,
): Promise<{ list: Receipt[]; found: Receipt | undefined }> {
  return { list: await store.list(10), found: await store.find(id) };
}

function sha256Of(bytes: Buffer | undefined): string {
  return createHash("sha256")
    .update(bytes ?? "missing")
    .digest("hex");
}

import { AsyncWriteError, toReader, type AsyncWriteErrorCode } from "@aw/core";
import { parseEncoding } from "../ingest/decoding.ts";
import type { Ingest } from "../ingest/ingest.ts";
import { checkUploadName } from "../ingest/upload-name.ts";
import { peerOf } from "../servers/peer-of.ts";
import type { Store } from "../store/store.ts";
import type { App } from "./app.ts";

/** How many receipts `GET /uploads` has. */
const LISTED = 1000;

const STATUS: Partial<Record<AsyncWriteErrorCode, 400 | 413 | 415 | 502 | 503 | 504 | 507>> = {
  ERR_AW_INVALID_ARGUMENT: 400,
  ERR_AW_CORRUPT: 400,
  ERR_AW_TRUNCATED: 400,
  ERR_AW_PROTOCOL: 400,
  ERR_AW_LIMIT: 413,
  ERR_AW_UNSUPPORTED: 415,
  ERR_AW_CONNECT: 502,
  ERR_AW_TLS: 502,
  ERR_AW_ABORTED: 503,
  ERR_AW_TIMEOUT: 504,
  ERR_AW_NO_SPACE: 507,
};

/** `PUT /uploads/:name` stores; `GET /uploads` and `GET /uploads/:id` have the receipts. */
export function addUploads(app: App, { ingest, store }: { ingest: Ingest; store: Store }): void {
  app.put("/uploads/:name", async (c) => {
    const { incoming } = c.env;
    try {
      const stated = c.req.query("encoding") ?? c.req.header("Content-Encoding");
      const length = c.req.header("Content-Length");
      const receipt = await ingest.receive(
        // Else Node would close the connection as soon as an upload fails, and the answer with it.
        toReader(incoming.iterator({ destroyOnReturn: false })),
        {
          name: checkUploadName(c.req.param("name")),
          encoding: parseEncoding(stated),
          route: "http",
          peer: peerOf(incoming.socket),
          expectedBytes: length === undefined ? undefined : Number(length),
        },
      );
      return c.json(receipt, 201, { Location: `/uploads/${receipt.id}` });
    } catch (thrown) {
      const { code, message } = AsyncWriteError.from(thrown);
      const status = STATUS[code] ?? 500;
      return c.json({ error: code, message }, status, { Connection: "close" });
    }
  });

  app.get("/uploads", async (c) => c.json(await store.list(LISTED)));

  app.get("/uploads/:id", async (c) => {
    const receipt = await store.find(c.req.param("id"));
    if (receipt !== undefined) return c.json(receipt);
    return c.json({ error: "ERR_RELAY_NOT_FOUND", message: "no such upload was stored here" }, 404);
  });
}

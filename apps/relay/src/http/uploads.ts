import { AsyncWriteError, toReader, type AsyncWriteErrorCode } from "@aw/core";
import type { Context } from "hono";
import { parseEncoding } from "../ingest/decoding.ts";
import type { Ingest } from "../ingest/ingest.ts";
import { checkUploadName } from "../ingest/upload-name.ts";
import { peerOf } from "../servers/peer-of.ts";
import type { Store } from "../store/store.ts";
import type { App } from "./app.ts";

/** How many receipts `GET /uploads` has. */
const LISTED = 1000;

type RefusalStatus = 400 | 413 | 415 | 500 | 502 | 503 | 504 | 507;

const STATUS: Partial<Record<AsyncWriteErrorCode, RefusalStatus>> = {
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
      const { status, body } = refusalOf(AsyncWriteError.from(thrown));
      return c.json(body, status, { Connection: "close" });
    }
  });

  app.get("/uploads", async (c) => {
    try {
      return c.json(await store.list(LISTED));
    } catch (thrown) {
      return unanswered(c, thrown);
    }
  });

  app.get("/uploads/:id", async (c) => {
    let receipt;
    try {
      receipt = await store.find(c.req.param("id"));
    } catch (thrown) {
      return unanswered(c, thrown);
    }
    if (receipt !== undefined) return c.json(receipt);
    return c.json({ error: "ERR_RELAY_NOT_FOUND", message: "no such upload was stored here" }, 404);
  });
}

/** A store elsewhere may not answer, and says so; anything else is a failure of the relay. */
function unanswered(c: Context, thrown: unknown): Response {
  if (!AsyncWriteError.is(thrown)) throw thrown;
  const { status, body } = refusalOf(thrown);
  return c.json(body, status);
}

function refusalOf({ code, message }: AsyncWriteError): {
  status: RefusalStatus;
  body: { error: string; message: string };
} {
  return { status: STATUS[code] ?? 500, body: { error: code, message } };
}

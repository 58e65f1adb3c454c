/**
 * A CSV export over HTTP, straight from a database cursor: gzip, no row waits for the end of the export,
 * and no more rows are fetched than the client takes.
 *
 *     node csv-response.ts 8080
 *     curl --compressed -N localhost:8080
 *
 * Whenever the cursor is slow, what it gave so far is flushed through gzip to the client. If it fails, the
 * response is cut off, so the client sees an error and no short file that looks whole. If the client
 * goes away, the cursor is closed when its next row has come.
 */
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzip } from "@aw/compression";
import { copy } from "@aw/core";
import { fromNodeWritable } from "@aw/node";

export type Row = Record<string, string | number | null>;

/** Resolves once the response is complete. `cursor` is what pg-query-stream, MongoDB, better-sqlite3 give. */
export async function sendCsv(response: ServerResponse, cursor: AsyncIterable<Row>): Promise<void> {
  response.setHeader("Content-Type", "text/csv; charset=utf-8");
  response.setHeader("Content-Encoding", "gzip");
  await using out = gzip(fromNodeWritable(response));
  await copy(csv(cursor), out);
  await out.close();
}

async function* csv(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let head = "";
  for await (const row of rows) {
    if (head === "") yield (head = record(Object.keys(row)));
    yield record(Object.values(row));
  }
}

/** As in RFC 4180. */
function record(fields: (string | number | null)[]): string {
  const quoted = fields.map((field) => {
    const text = String(field ?? "");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(",")}\r\n`;
}

async function* slowCursor(): AsyncGenerator<Row> {
  for (let id = 1; id <= 1000; id++) {
    if (id % 100 === 0) await sleep(500); // the next batch
    yield { id, name: `"${id}"`, price: id / 100 };
  }
}

if (import.meta.main) {
  createServer((_request, response) => {
    sendCsv(response, slowCursor()).catch((error: unknown) => console.error(error));
  }).listen(Number(process.argv[2] ?? 8080));
}

// What a page would do with the packages: bundled for browsers, and run.
import { gunzip, gzip } from "@aw/compression";
import { buffered, memory, toReader } from "@aw/core";
import { connect } from "@aw/websocket";

/** Sends text through a stack and back. */
export async function roundtrip(text: string): Promise<string> {
  const target = memory();
  const out = buffered(gzip(gunzip(target)));
  await out.writeAll(text);
  await out.close();
  return toReader(target.bytes()).text();
}

/** Rejects at once: the URL can't be meant. */
export const connectNowhere = (): Promise<unknown> => connect("ftp://nowhere");

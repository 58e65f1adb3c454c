import type { Receipt, Route } from "../live/snapshot.ts";
import type { Watch } from "../live/chain.ts";
import { sendByTcp } from "../compositions/tcp-file.ts";
import { sendByTcpGzip } from "../compositions/tcp-gzip.ts";
import { sendByTlsOverWebSocket } from "../compositions/tls-over-websocket.ts";
import { sendByTlsZstd } from "../compositions/tls-zstd.ts";
import { sendRecordsByUnixSocket } from "../compositions/unix-records.ts";
import { sendByWebSocketBrotli } from "../compositions/websocket-brotli.ts";
import type { Input, RecordInput } from "./inputs.ts";
import type { Places } from "./places.ts";

/** One line of the table. */
export interface Job {
  title: string;
  route: Route;
  input: { name: string; bytes: number; sha256: string };
  send(watch: Watch): Promise<Receipt>;
}

/** Each composition once. */
export function jobsOf(places: Places, input: Input, records: RecordInput): Job[] {
  const { tcp, tls, ca, websocket, records: path, forwarding } = places;
  const trust = { ca, servername: "localhost" };
  return [
    {
      title: "gzip > tcp",
      route: "tcp",
      input,
      send: (watch) => sendByTcpGzip(input.open(), tcp, watch),
    },
    {
      title: "zstd > tls",
      route: "tls",
      input,
      send: (watch) => sendByTlsZstd(input.open(), tls, trust, watch),
    },
    {
      title: "brotli > websocket",
      route: "websocket",
      input,
      send: (watch) => sendByWebSocketBrotli(input.open(), websocket, input.name, watch),
    },
    {
      title: "tls > websocket",
      route: "tunnel",
      input,
      send: (watch) => sendByTlsOverWebSocket(input.open(), websocket, trust, watch),
    },
    {
      title: "ndjson > unix",
      route: "records",
      input: records,
      send: (watch) => sendRecordsByUnixSocket(records.records, path, watch),
    },
    {
      title: "tcp > atomic file",
      route: "tcp",
      input,
      send: (watch) => sendByTcp(input.open(), tcp, watch),
    },
    {
      title: "tcp > relay > zstd > tls > relay",
      route: "tcp",
      input,
      send: (watch) => sendByTcp(input.open(), forwarding, watch),
    },
  ];
}

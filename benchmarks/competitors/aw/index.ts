import type { Competitor } from "../../src/competitor.ts";
import { call } from "./call.ts";
import { gzip, zstd } from "./codec.ts";
import { echo, idle, stalled } from "./connections.ts";
import { copy } from "./copy.ts";
import { gunzip, inflate, unbrotli, unzstd } from "./decode.ts";
import { file } from "./file.ts";
import { flush, logs } from "./logs.ts";
import { logLines } from "./log-lines.ts";
import { imports, size } from "./modules.ts";
import { readLines } from "./read-lines.ts";
import { tcp, tls, websocket } from "./send.ts";
import { proxy, serveEcho, serveMessages } from "./serve.ts";
import { broadcast, websocketReceive } from "./websocket.ts";

/** Ours. */
export const competitor: Competitor = {
  ways: {
    call,
    tcp,
    tls,
    websocket,
    "websocket-receive": websocketReceive,
    broadcast,
    "serve-echo": serveEcho,
    "serve-messages": serveMessages,
    proxy,
    accept: serveEcho,
    file,
    "log-lines": logLines,
    gzip,
    zstd,
    gunzip,
    inflate,
    unbrotli,
    unzstd,
    "read-lines": readLines,
    logs,
    flush,
    echo,
    copy,
    idle,
    "idle-used": idle,
    stalled,
    import: imports,
    size,
  },
};

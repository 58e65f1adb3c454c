import type { Competitor } from "../../src/competitor.ts";
import { call } from "./call.ts";
import { gzip } from "./codec.ts";
import { copy, idle, stalled } from "./connections.ts";
import { file } from "./file.ts";
import { logs } from "./logs.ts";
import { websocketReceive } from "./receive.ts";
import { tcp, tls, websocket } from "./send.ts";
import { proxy, serveEcho } from "./serve.ts";

/** The standards of the web, as Node has them. */
export const competitor: Competitor = {
  ways: {
    call,
    tcp,
    tls,
    websocket,
    "websocket-receive": websocketReceive,
    "serve-echo": serveEcho,
    proxy,
    accept: serveEcho,
    file,
    gzip,
    logs,
    copy,
    idle,
    "idle-used": idle,
    stalled,
  },
};

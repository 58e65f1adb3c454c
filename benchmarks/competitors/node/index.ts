import type { Competitor } from "../../src/competitor.ts";
import { call } from "./call.ts";
import { gzip, zstd } from "./codec.ts";
import { echo, idle, stalled } from "./connections.ts";
import { copy } from "./copy.ts";
import { gunzip, inflate, unbrotli, unzstd } from "./decode.ts";
import { file } from "./file.ts";
import { flush, logs } from "./logs.ts";
import { readLines } from "./read-lines.ts";
import { tcp, tls } from "./send.ts";
import { proxy, serveEcho, serveMessages } from "./serve.ts";

/** The streams of Node. */
export const competitor: Competitor = {
  ways: {
    call,
    tcp,
    tls,
    "serve-echo": serveEcho,
    "serve-messages": serveMessages,
    proxy,
    accept: serveEcho,
    file,
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
  },
};

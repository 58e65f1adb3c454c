import type { Result } from "./results.ts";
import { atLeastTimes, atMost, atMostTimes, type Goal, type Place } from "./goal.ts";

const at = (name: string, ...of: string[]): Place => ({ in: name, of });

const LAYERS = 5;

/** What an extra layer adds to a write. */
const layer: Goal = {
  text: "each extra layer, by poll, ns",
  is: "at most",
  limit: 1.5,
  value(median) {
    const [one, all] = [median("call-buffered", "aw: poll"), median("call-5-layers", "aw: poll")];
    return one === undefined || all === undefined ? undefined : (all - one) / (LAYERS - 1);
  },
};

const SOCKET = "node: write + drain";
const BARE = "node: data, write";
const FILE = "node: createWriteStream + drain";
const WS: readonly string[] = ["ws: ws.send", "ws: createWebSocketStream"];
const SONIC_BOOM: readonly string[] = ["sync, 4 KiB", "sync, 64 KiB", "async, 64 KiB"].map(
  (way) => `sonic-boom: ${way}`,
);

const CREATE: Readonly<Record<string, string>> = {
  gunzip: "createGunzip",
  inflate: "createInflate",
  unbrotli: "createBrotliDecompress",
  unzstd: "createZstdDecompress",
};

const call = at("call-buffered", "aw: await");
const tcpPoll = at("tcp-64B", "aw: poll");
const tcpAwait = at("tcp-64B", "aw: await");
const filePoll = at("file-64B", "aw: sync, poll");
const fileAsync = at("file-64B", "aw: async, await");
const gzip = at("gzip-lines", "aw: await");
const gzipTried = at("gzip-lines", "aw: tryWrite");
const gzipParallel = at("gzip-lines", "aw: tryWrite, parallel 2");
const zstd = at("zstd-lines", "aw: await");

/** What the figures have to show. */
export const goals: readonly Goal[] = [
  atMost(12, "write of 64 B into buffered, by poll, ns", at("call-buffered", "aw: poll")),
  atMost(1, "heap of a write into buffered, by poll, B", at("call-buffered-heap", "aw: poll")),
  atMost(1, "heap of a write to TCP, by poll, B", at("tcp-64B-heap", "aw: poll")),
  atMost(1, "heap of a write to a file, by poll, B", at("file-64B-heap", "aw: sync, poll")),
  layer,
  atMost(60, "awaited writeAll of 64 B, ns", call),
  atMostTimes(
    0.2,
    "awaited writeAll of 64 B, time by WHATWG's",
    call,
    at("call-buffered", "web: await write"),
  ),
  atMostTimes(
    1,
    "awaited writeAll of 64 B, time by Writable.write's",
    call,
    at("call-buffered", "node: Writable.write + drain"),
  ),

  atLeastTimes(25, "TCP 64 B, by poll, by socket.write", tcpPoll, at("tcp-64B", SOCKET)),
  atLeastTimes(2, "TCP 64 B, by poll, by cork", tcpPoll, at("tcp-64B", "node: cork")),
  atLeastTimes(0.7, "TCP 64 B, by poll, by tokio", tcpPoll, at("tcp-64B", "tokio: BufWriter")),
  atLeastTimes(15, "TCP 64 B, awaited, by socket.write", tcpAwait, at("tcp-64B", SOCKET)),
  atLeastTimes(0.3, "TCP 64 B, awaited, by tokio", tcpAwait, at("tcp-64B", "tokio: BufWriter")),
  ...["64KiB", "1MiB"].flatMap((size) => {
    const ours = at(`tcp-${size}`, "aw: await");
    return [
      atLeastTimes(1, `TCP ${size} by socket.write`, ours, at(`tcp-${size}`, SOCKET)),
      atLeastTimes(0.9, `TCP ${size} by tokio`, ours, at(`tcp-${size}`, "tokio: BufWriter")),
    ];
  }),
  atLeastTimes(2, "TLS 64 B by tlsSocket.write", at("tls-64B", "aw: await"), at("tls-64B", SOCKET)),
  atLeastTimes(
    1,
    "TLS 64 KiB by tlsSocket.write",
    at("tls-64KiB", "aw: await"),
    at("tls-64KiB", SOCKET),
  ),
  atLeastTimes(
    25,
    "WebSocket 64 B by the best of ws",
    at("websocket-64B", "aw: await"),
    at("websocket-64B", ...WS),
  ),
  atLeastTimes(
    1,
    "WebSocket 64 KiB by the best of ws",
    at("websocket-64KiB", "aw: await"),
    at("websocket-64KiB", ...WS),
  ),

  ...(
    [
      ["broadcast of 200 B, one in a turn", "broadcast-200B"],
      ["broadcast of 200 B in bursts", "broadcast-200B-bursts"],
    ] as const
  ).map(([what, measure]) =>
    atMostTimes(
      0.5,
      `${what}, CPU by ws.send's`,
      at(measure, "aw: tryWrite to each"),
      at(measure, "ws: ws.send to each"),
    ),
  ),

  ...["copy", "read, writeAll, flush", "readInto, writeAll, flush"].flatMap((way) => [
    atMostTimes(
      1.15,
      `echo of 128 B by ${way}, CPU by data and write's`,
      at("serve-echo-128B-cpu", `aw: ${way}`),
      at("serve-echo-128B-cpu", BARE),
    ),
    atMostTimes(
      1.3,
      `echo of 128 B by ${way}, user time by data and write's`,
      at("serve-echo-128B-user", `aw: ${way}`),
      at("serve-echo-128B-user", BARE),
    ),
  ]),
  // A third, so three times as many messages in the same time.
  atMostTimes(
    0.33,
    "16 messages of 128 B in flight, CPU by that of a write for each",
    at("serve-messages-128B-cpu", "aw: unframed, send"),
    at("serve-messages-128B-cpu", "node: write each"),
  ),
  ...(
    [
      ["proxy of 64KiB", "proxy-64KiB-cpu", 0.95],
      ["proxy of 1KiB", "proxy-1KiB-cpu", 0.76],
      ["proxy of 1KiB, 16 in flight", "proxy-1KiB-16-cpu", 0.76],
    ] as const
  ).map(([what, measure, limit]) =>
    atMostTimes(
      limit,
      `${what}, CPU by pipe's`,
      at(measure, "aw: copyBidirectional"),
      at(measure, "node: pipe"),
    ),
  ),
  atMostTimes(
    1.11,
    "accepted connection, CPU by bare Node's",
    at("accept-cpu", "aw: copy"),
    at("accept-cpu", BARE),
  ),

  atLeastTimes(5, "file 64 B, sync, by poll, by createWriteStream", filePoll, at("file-64B", FILE)),
  atLeastTimes(
    1.5,
    "file 64 B, sync, by poll, by the best of sonic-boom and FileSink",
    filePoll,
    at("file-64B", ...SONIC_BOOM, "bun: FileSink"),
  ),
  atLeastTimes(
    4,
    "file 64 B, sync, by poll, by tokio",
    filePoll,
    at("file-64B", "tokio: BufWriter"),
  ),
  atLeastTimes(
    2.5,
    "file 64 B, sync, awaited, by createWriteStream",
    at("file-64B", "aw: sync, await"),
    at("file-64B", FILE),
  ),
  atLeastTimes(2, "file 64 B, async, by createWriteStream", fileAsync, at("file-64B", FILE)),
  atLeastTimes(1.2, "file 64 B, async, by tokio", fileAsync, at("file-64B", "tokio: BufWriter")),
  atLeastTimes(
    0.9,
    "file 64 KiB, sync, by C",
    at("file-64KiB", "aw: sync, await"),
    at("file-64KiB", "c: write(2)"),
  ),
  atLeastTimes(
    1.5,
    "file 64 KiB, async, by createWriteStream",
    at("file-64KiB", "aw: async, await"),
    at("file-64KiB", FILE),
  ),

  ...["sync", "async"].map((io) =>
    atLeastTimes(
      1,
      `lines of a log, ${io}, by sonic-boom`,
      at("log-lines", `aw: logDestination, ${io}`),
      at("log-lines", `sonic-boom: ${io === "sync" ? "sync" : "async, 4 KiB"}`),
    ),
  ),

  atLeastTimes(15, "gzip of lines by createGzip", gzip, at("gzip-lines", "node: createGzip")),
  atLeastTimes(1.5, "gzip of lines by minizlib", gzip, at("gzip-lines", "minipass: minizlib.Gzip")),
  atLeastTimes(1.6, "gzip of lines, parallel, by serial", gzipParallel, gzipTried),
  atLeastTimes(
    0.9,
    "gzip of lines, parallel, by pigz -p 2",
    gzipParallel,
    at("gzip-lines", "tools: pigz -6 -p 2"),
  ),
  atLeastTimes(
    1,
    "zstd of lines by createZstdCompress of 64 KiB",
    zstd,
    at("zstd-64KiB", "node: createZstdCompress"),
  ),
  atLeastTimes(
    1.5,
    "zstd of lines, parallel, by serial",
    at("zstd-lines", "aw: tryWrite, parallel 2"),
    at("zstd-lines", "aw: tryWrite"),
  ),
  ...["gunzip", "inflate", "unbrotli", "unzstd"].flatMap((decoder) => {
    const create = `node: ${CREATE[decoder]}`;
    const peers = [`${create}, 16 KiB`, `${create}, 64 KiB`];
    return ["writeAll", "read"].flatMap((way) => [
      atLeastTimes(
        1,
        `${decoder} of 64 KiB pieces, ${way}, by Node's best chunk size`,
        at(`decode-${decoder}-64KiB`, `aw: ${way}`),
        at(`decode-${decoder}-64KiB`, ...peers),
      ),
      atLeastTimes(
        10,
        `${decoder} of 100 B pieces, ${way}, by Node's best chunk size`,
        at(`decode-${decoder}-100B`, `aw: ${way}`),
        at(`decode-${decoder}-100B`, ...peers),
      ),
    ]);
  }),
  atMostTimes(
    1,
    "lines of a file, CPU by readline's",
    at("read-lines", "aw: unframed"),
    at("read-lines", "node: readline events"),
  ),
  atLeastTimes(
    15,
    "log lines through buffered > gzip > tls by pipeline",
    at("logs", "aw: buffered > gzip > tls"),
    at("logs", "node: pipeline of createGzip, tls"),
  ),
  atMostTimes(
    1.5,
    "memory of an idle connection by net.Socket's",
    at("idle-10000", "aw: connect"),
    at("idle-10000", "node: net.Socket"),
  ),
  atMostTimes(
    1.1,
    "memory of an idle connection after use by net.Socket's",
    at("idle-10000-after-use", "aw: connect"),
    at("idle-10000-after-use", "node: net.Socket"),
  ),
  atMost(1 << 20, "growth for each stalled connection, B", at("stalled-1000", "aw: tryWrite")),
  atMostTimes(
    1.15,
    "round trip of 64 B by socket.write, p50",
    at("tcp-echo-64B-p50", "aw: writeAll, flush"),
    at("tcp-echo-64B-p50", "node: socket.write"),
  ),
  atMost(5, "import of core, ms", at("import-time", "aw: @aw/core")),
  atMost(3, "trait, Writer and buffered, kB", at("bundle-size", "aw: trait, Writer, buffered")),
];

export interface Judged {
  readonly goal: Goal;
  readonly value: number;
  readonly met: boolean;
  /** What the value would be if ours were the code that one writes by hand; undefined if nobody wrote it. */
  readonly byHand: number | undefined;
}

/** The goals that the results tell about, and whether they are met. */
export function judge(results: readonly Result[]): Judged[] {
  const key = (name: string, subject: string): string => `${name}\n${subject}`;
  const medians = new Map(results.map((each) => [key(each.case, each.subject), each.median]));
  return goals.flatMap((goal) => {
    const value = goal.value((name, subject) => medians.get(key(name, subject)));
    if (value === undefined) return [];
    // The ways by hand have the names of ours.
    const byHand = goal.value((name, subject) =>
      medians.get(key(name, subject.replace(/^aw:/, "by-hand:"))),
    );
    const met = goal.is === "at least" ? value >= goal.limit : value <= goal.limit;
    return [{ goal, value, met, byHand }];
  });
}

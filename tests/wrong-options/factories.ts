import { createServer, type Server } from "node:http";
import * as compression from "@aw/compression";
import * as core from "@aw/core";
import * as file from "@aw/file";
import * as node from "@aw/node";
import * as tcp from "@aw/tcp";
import { selfSigned } from "@aw/testing";
import * as tls from "@aw/tls";
import * as websocket from "@aw/websocket";
import {
  BOOLEAN,
  BYTES,
  CHOICE,
  COUNT,
  FUNCTION,
  LEFT_TO_NODE,
  MILLISECONDS,
  NO_CONNECTION,
  NO_INNER,
  NO_READER,
  NO_WRITER,
  SIGNAL,
  STRING,
  type Wrong,
  type WrongOptions,
} from "./wrong.ts";

/** What a call may use, and must not touch. */
export interface Surroundings {
  readonly inner: core.MemoryWriter;
  readonly connection: core.Connection;
  readonly server: Server;
  /** An open descriptor of `/dev/null`. */
  readonly fd: number;
  /** The path of a name in an empty folder. */
  readonly at: (name: string) => string;
}

export interface Factory {
  readonly name: string;
  /** Calls it with right arguments, and these options. */
  readonly call?: (options: never, surroundings: Surroundings) => unknown;
  /** Options that it needs to be called at all. */
  readonly needed?: object;
  readonly options?: Readonly<Record<string, Wrong>>;
  /** Its other arguments: how a message may name each, and calls with a wrong one. */
  readonly args?: readonly Argument[];
}

interface Argument {
  readonly named: string | RegExp;
  readonly wrong: Wrong;
  readonly call: (value: never, surroundings: Surroundings) => unknown;
}

/** With the types of its options checked against the table. */
function factory<Options extends object>(
  name: string,
  call: (options: Options, surroundings: Surroundings) => unknown,
  options: WrongOptions<Options>,
  more: Pick<Factory, "needed" | "args"> = {},
): Factory {
  return { name, call, options, ...more };
}

/** A layer: its first argument is a writer. */
function layer<Options extends object>(
  name: string,
  make: (inner: core.AsyncWrite, options: Options) => unknown,
  options: WrongOptions<Options>,
  needed: object = {},
): Factory {
  return factory(name, (given: Options, { inner }) => make(inner, given), options, {
    needed,
    args: [{ named: "writer", wrong: NO_WRITER, call: (inner) => make(inner, needed as Options) }],
  });
}

/** A layer that works both ways: its first argument is a writer or a reader. */
function bothWays<Options extends object>(
  name: string,
  onWriter: (inner: core.AsyncWrite, options: Options) => unknown,
  onReader: (inner: core.AsyncBufRead, options: Options) => unknown,
  options: WrongOptions<Options>,
  needed: object = {},
): Factory[] {
  return [
    factory(name, (given: Options, { inner }) => onWriter(inner, given), options, {
      needed,
      args: [innerOf((inner) => onWriter(inner, needed as Options))],
    }),
    factory(
      `${name} of a reader`,
      (given: Options) => onReader(core.toReader("x"), given),
      options,
      { needed },
    ),
  ];
}

function only(name: string, ...args: readonly Argument[]): Factory {
  return { name, args };
}

function argument(
  named: string | RegExp,
  wrong: Wrong,
  call: (value: never, surroundings: Surroundings) => unknown,
): Argument {
  return { named, wrong, call };
}

/** Of a factory that is called with nothing else. */
function sole(named: string | RegExp, wrong: Wrong, make: (value: never) => unknown): Argument {
  return { named, wrong, call: (value) => make(value) };
}

const writerOf = (make: (inner: core.AsyncWrite) => unknown): Argument =>
  sole("writer", NO_WRITER, make);

/** A listener that has no connection, and never will. */
const NOBODY: core.ServableListener<core.Connection> = {
  [Symbol.asyncIterator]: () => ({
    next: () => Promise.resolve({ done: true, value: undefined }),
  }),
};

function innerOf(make: (inner: never) => unknown): Argument {
  return sole(/writer/i, NO_INNER, make);
}

const CORE: readonly Factory[] = [
  only(
    "buffered",
    writerOf(core.buffered),
    argument("capacity", COUNT, (value: number, { inner }) => core.buffered(inner, value)),
  ),
  only(
    "lineBuffered",
    writerOf(core.lineBuffered),
    argument("capacity", COUNT, (value: number, { inner }) => core.lineBuffered(inner, value)),
  ),
  only(
    "limit",
    innerOf((inner) => core.limit(inner, 1)),
    argument("maxBytes", COUNT, (value: number, { inner }) => core.limit(inner, value)),
  ),
  only(
    "inspect",
    innerOf((inner) => core.inspect(inner, () => {})),
    argument("fn", FUNCTION, (value: () => void, { inner }) => core.inspect(inner, value)),
  ),
  only("meter", innerOf(core.meter)),
  only("keepOpen", writerOf(core.keepOpen)),
  only("toWriter", writerOf(core.toWriter)),
  only("compose", writerOf(core.compose)),
  only("toWritableStream", writerOf(core.toWritableStream)),
  only("toIterWriter", writerOf(core.toIterWriter)),
  only(
    "fromWritableStream",
    sole("WritableStream", [undefined, {}, "s", core.memory()], core.fromWritableStream),
  ),
  only("cursor", sole(/Uint8Array|bytes/, [undefined, "text", 7, []], core.cursor)),
  only(
    "framed",
    writerOf((inner) => core.framed(inner, core.lines())),
    argument("codec", [core.lines, undefined, "lines"], (codec: never, { inner }) =>
      core.framed(inner, codec),
    ),
  ),
  only(
    "unframed",
    argument("codec", [core.lines, undefined], (codec: never) => core.unframed(["x"], codec)),
    sole(/readable|reader/i, [undefined, null, 7, {}, Promise.resolve("text")], (source: never) =>
      core.unframed(source, core.lines()),
    ),
  ),
  ...bothWays<core.ProgressOptions>(
    "progress",
    core.progress,
    core.progress,
    { total: COUNT, onProgress: FUNCTION },
    { onProgress: () => {} },
  ),
  ...bothWays<core.ThrottleOptions>(
    "throttle",
    core.throttle,
    core.throttle,
    { bytesPerSecond: [Number.NaN, 0, -1, Number.POSITIVE_INFINITY, "1MB"], burst: COUNT },
    { bytesPerSecond: 1000 },
  ),
  factory<core.TimeoutOptions>(
    "timeout",
    (options, { inner }) => core.timeout(inner, options),
    { write: MILLISECONDS, flush: MILLISECONDS, close: MILLISECONDS },
    { args: [innerOf((inner) => core.timeout(inner, {}))] },
  ),
  factory<core.ReadTimeoutOptions>(
    "timeout of a reader",
    (options) => core.timeout(core.toReader("x"), options),
    { read: MILLISECONDS },
  ),
  factory<core.TeeOptions>("tee", (options, { inner }) => core.tee(inner, options), {
    onError: CHOICE,
  }),
  only(
    "tee of",
    argument("writer", [undefined, "out", [core.memory()]], (out: never) => core.tee(out)),
  ),
  only(
    "tee of a reader",
    sole("writer", [undefined, "out", core.toReader("x"), {}], (out: never) =>
      core.tee(core.toReader("x"), out),
    ),
  ),
  only(
    "toReader",
    sole(/readable|reader/i, [undefined, null, 7, {}, Promise.resolve("text")], core.toReader),
  ),
  only(
    "Reader",
    sole("reader", NO_READER, (engine: core.AsyncBufRead) => new core.Reader(engine)),
  ),
  only(
    "ReadThrough",
    sole("reader", NO_READER, (inner: core.AsyncBufRead) => new core.ReadThrough(inner, "x")),
  ),
  factory<core.SourceEngineOptions>(
    "SourceEngine",
    (options) => new core.SourceEngine({}, options),
    { capacity: COUNT },
  ),
  factory<core.TransformReadEngineOptions>(
    "TransformReadEngine",
    (options) => new core.TransformReadEngine(core.toReader(""), { transform() {} }, options),
    { blockSize: COUNT, firstBlockSize: COUNT, eager: BOOLEAN, flushOnIdle: BOOLEAN },
    {
      args: [
        sole(
          "reader",
          NO_READER,
          (inner: core.AsyncBufRead) => new core.TransformReadEngine(inner, { transform() {} }),
        ),
      ],
    },
  ),
  factory<core.ReadLineOptions>("readLine", (options) => core.toReader("x\n").readLine(options), {
    signal: SIGNAL,
    maxLength: COUNT,
  }),
  factory<core.ReadUntilOptions>(
    "readUntil",
    (options) => core.toReader("x\n").readUntil("\n", options),
    { signal: SIGNAL, maxBytes: COUNT },
    {
      args: [
        sole("delimiter", [undefined, "", -1, 256, 1.5, {}], (delimiter: string) =>
          core.toReader("x\n").readUntil(delimiter),
        ),
      ],
    },
  ),
  factory<core.ReadAllOptions>("readAll", (options) => core.toReader("x").readAll(options), {
    signal: SIGNAL,
    maxBytes: COUNT,
  }),
  only(
    "readExactly",
    sole("count", COUNT, (count: number) => core.toReader("x").readExactly(count)),
  ),
  only(
    "peek",
    sole("count", [...COUNT, 0], (count: number) => core.toReader("x").peek(count)),
  ),
  only(
    "skip",
    sole("count", COUNT, (count: number) => core.toReader("x").skip(count)),
  ),
  factory<core.MemoryOptions>("memory", core.memory, { maxBytes: [Number.NaN, -1, 1.5, "8"] }),
  factory<core.PipeOptions>("pipe", core.pipe, { capacity: COUNT }),
  factory<core.LinesOptions>("lines", core.lines, { maxLength: COUNT, newline: CHOICE }),
  factory<core.NdjsonOptions>("ndjson", core.ndjson, { maxLength: COUNT }),
  factory<core.LengthDelimitedOptions>("lengthDelimited", core.lengthDelimited, {
    maxLength: COUNT,
    lengthBytes: [3, "4", Number.NaN],
    endian: CHOICE,
  }),
  factory<core.CopyOptions>(
    "copy",
    (options, { inner }) => core.copy(["x"], inner, options),
    { signal: SIGNAL, onProgress: FUNCTION, flushOnIdle: BOOLEAN },
    {
      args: [
        argument("writer", NO_WRITER, (out: core.AsyncWrite) => core.copy(["x"], out)),
        argument(/stream|iterable|bytes/i, [undefined, 7, {}], (source: never, { inner }) =>
          core.copy(source, inner),
        ),
      ],
    },
  ),
  factory<core.ServeOptions<core.Connection>>(
    "serve",
    (options) => core.serve(NOBODY, () => {}, options),
    { onError: FUNCTION, signal: SIGNAL },
    {
      args: [
        sole("listener", [undefined, null, 7, {}, Promise.resolve(NOBODY)], (listener: never) =>
          core.serve(listener, () => {}),
        ),
        sole("handler", FUNCTION, (handler: () => void) => core.serve(NOBODY, handler)),
      ],
    },
  ),
  factory<core.CopyBidirectionalOptions>(
    "copyBidirectional",
    (options, { connection }) => core.copyBidirectional(connection, connection, options),
    {
      signal: SIGNAL,
      halfCloseTimeout: MILLISECONDS,
      throttle: [7, { bytesPerSecond: 0 }, { burst: 5 }, { bytesPerSecond: 5, rate: 1 }],
      onProgress: FUNCTION,
    },
    {
      args: [
        argument(
          /connection|writer|readable/,
          NO_CONNECTION,
          (a: core.Connection, { connection }) => core.copyBidirectional(a, connection),
        ),
      ],
    },
  ),
];

const SOCKET = {
  noDelay: BOOLEAN,
  keepAlive: [Number.NaN, -1, true, "1s"],
  idleTimeout: MILLISECONDS,
  linger: MILLISECONDS,
};
const CONNECT: WrongOptions<node.ConnectOptions> = {
  ...SOCKET,
  timeout: MILLISECONDS,
  signal: SIGNAL,
  localAddress: [7, "not an address"],
  lookup: FUNCTION,
  attemptDelay: MILLISECONDS,
};
const LISTEN: WrongOptions<node.ListenOptions> = {
  ...SOCKET,
  port: [Number.NaN, -1, 1.5, 65_536, "http"],
  host: [...STRING, ""],
  path: [7],
  backlog: COUNT,
  maxConnections: COUNT,
  maxWaiting: COUNT,
  onRefused: FUNCTION,
  signal: SIGNAL,
};

/** Where nobody listens; nobody must be asked either. */
const NOWHERE = { host: "127.0.0.1", port: 1 };

function targetOf(connect: (target: tcp.ConnectTarget) => unknown): Argument[] {
  return [
    sole(
      /target|port|path|object/,
      [undefined, null, 9000, "localhost:9000", {}, [], { hots: "x" }],
      connect,
    ),
    sole("port", [{ port: -1 }, { port: 65_536 }, { port: 1.5 }, { port: Number.NaN }], connect),
    sole("prot", [{ prot: 1, port: 1 }], connect),
    sole("host", [{ host: 7, port: 1 }], connect),
    sole("path", [{ path: 7 }, { path: "" }], connect),
  ];
}

const SOCKETS: readonly Factory[] = [
  factory<tcp.ConnectOptions>("tcp.connect", (options) => tcp.connect(NOWHERE, options), CONNECT, {
    args: targetOf(tcp.connect),
  }),
  factory<tcp.ListenOptions>("tcp.listen", tcp.listen, LISTEN),
  factory<tcp.ReadProxyHeaderOptions>(
    "tcp.readProxyHeader",
    (options, { connection }) => tcp.readProxyHeader(connection.reader, options),
    { signal: SIGNAL, maxLength: [...COUNT, 15, 65_552] },
    { args: [sole(/Reader/, [undefined, {}, "text", core.memory()], tcp.readProxyHeader)] },
  ),
];

const HANDSHAKE = {
  minVersion: ["TLSv9", 7],
  maxVersion: ["TLSv9", 7],
  handshakeTimeout: MILLISECONDS,
  keylog: FUNCTION,
  signal: SIGNAL,
  ALPNProtocols: LEFT_TO_NODE,
  ca: LEFT_TO_NODE,
  cert: LEFT_TO_NODE,
  ciphers: [7],
  crl: LEFT_TO_NODE,
  ecdhCurve: LEFT_TO_NODE,
  honorCipherOrder: LEFT_TO_NODE,
  key: LEFT_TO_NODE,
  passphrase: LEFT_TO_NODE,
  pfx: LEFT_TO_NODE,
  rejectUnauthorized: BOOLEAN,
  requireCloseNotify: BOOLEAN,
  sigalgs: LEFT_TO_NODE,
};
const TLS_CLIENT: WrongOptions<tls.ClientOptions> = {
  ...HANDSHAKE,
  secureContext: LEFT_TO_NODE,
  checkServerIdentity: FUNCTION,
  session: [7, {}],
  servername: STRING,
  onSession: FUNCTION,
};
const TLS_SERVER: WrongOptions<tls.ServerOptions> = {
  ...HANDSHAKE,
  requestCert: BOOLEAN,
  ticketKeys: LEFT_TO_NODE,
  hosts: ["x", { "a.example": 7 }],
};

/** So that nothing but the wrong option is missing. */
const CERTIFICATE = await selfSigned("localhost");

/** Node says what is wrong with them, and not which it is. */
const WRONG_CREDENTIALS: Wrong = [
  { cert: "no certificate", key: "no key" },
  { pfx: "no pfx" },
  { ciphers: "NO-SUCH-CIPHER" },
];

const TLS: readonly Factory[] = [
  factory<tls.ConnectOptions>(
    "tls.connect",
    (options) => tls.connect(NOWHERE, options),
    { ...CONNECT, ...TLS_CLIENT },
    { args: targetOf(tls.connect) },
  ),
  factory<tls.ClientOptions>(
    "tls.client",
    (options, { connection }) => tls.client(connection, options),
    TLS_CLIENT,
    {
      needed: { servername: "localhost" },
      args: [
        argument(/connection|writer|readable/, NO_CONNECTION, (over: core.Connection) =>
          tls.client(over, { servername: "localhost" }),
        ),
      ],
    },
  ),
  factory<tls.ServerOptions>(
    "tls.server",
    (options, { connection }) => tls.server(connection, options),
    TLS_SERVER,
    {
      needed: CERTIFICATE,
      args: [
        argument(/connection|writer|readable/, NO_CONNECTION, (over: core.Connection) =>
          tls.server(over, CERTIFICATE),
        ),
        argument("tls", WRONG_CREDENTIALS, (given: object, { connection }) =>
          tls.server(connection, given),
        ),
        argument(/cert|key/, [{}, { cert: "x" }, { key: "x" }], (options: object, { connection }) =>
          tls.server(connection, options),
        ),
      ],
    },
  ),
  factory<tls.ListenOptions>(
    "tls.listen",
    tls.listen,
    { ...LISTEN, ...TLS_SERVER, maxHandshakes: COUNT },
    {
      needed: CERTIFICATE,
      args: [sole(/cert|key/, [{}, { cert: "x" }, { key: "x" }], tls.listen)],
    },
  ),
];

const WS: WrongOptions<websocket.ConnectionOptions> = {
  maxMessageBytes: [Number.NaN, 0, -1, 1.5, "8"],
  closeTimeout: MILLISECONDS,
};
const HEARTBEAT = ["often", 1000, { interval: -1 }, { timeout: Number.NaN }, { every: 5 }];
const { maxMessageBytes: _, ...WS_MESSAGES } = { ...WS, type: CHOICE };
const OPEN = {
  protocols: ["one", 7],
  headers: ["x", 7],
  signal: SIGNAL,
  timeout: MILLISECONDS,
  maxPayload: [Number.NaN, 0, -1, 1.5, "8"],
  perMessageDeflate: ["yes", 1],
  heartbeat: HEARTBEAT,
  tls: ["x", 7],
  agent: ["x", 7, {}],
};
const WS_LISTEN = {
  port: [Number.NaN, -1, 1.5, 65_536, "http"],
  host: [...STRING, ""],
  backlog: COUNT,
  signal: SIGNAL,
};
const ATTACH: WrongOptions<websocket.AttachOptions> = {
  ...WS,
  path: [7],
  authorize: FUNCTION,
  authorizeTimeout: MILLISECONDS,
  origins: [7, "https://a.example"],
  protocols: ["one", 7],
  halfClose: BOOLEAN,
  maxPayload: [Number.NaN, 0, -1, 1.5, "8"],
  perMessageDeflate: ["yes", 1],
  heartbeat: HEARTBEAT,
  maxConnections: [Number.NaN, -1, 1.5, "8"],
  maxWaiting: [Number.NaN, 0, -1, 1.5, "8"],
  onRefused: FUNCTION,
};
const ATTACH_MESSAGES: WrongOptions<websocket.AttachMessagesOptions> = (({
  maxMessageBytes: _maxMessageBytes,
  halfClose: _halfClose,
  ...rest
}) => ({ ...rest, type: CHOICE }))(ATTACH);

/** Enough of a WebSocket to be taken for one. */
const IDLE_SOCKET = {
  readyState: 1,
  protocol: "",
  binaryType: "arraybuffer",
  bufferedAmount: 0,
  send() {},
  close() {},
  addEventListener() {},
  removeEventListener() {},
};

const WEBSOCKET: readonly Factory[] = [
  factory<websocket.ConnectOptions>(
    "websocket.connect",
    (options) => websocket.connect("ws://127.0.0.1:1/", options),
    {
      ...WS,
      ...OPEN,
      halfClose: BOOLEAN,
    },
    {
      args: [
        sole(
          /url/i,
          [undefined, 7, "", "localhost:9000", "ftp://x/", "ws://x/#y"],
          websocket.connect,
        ),
      ],
    },
  ),
  factory<websocket.ConnectMessagesOptions>(
    "websocket.connectMessages",
    (options) => websocket.connectMessages("ws://127.0.0.1:1/", options),
    { ...WS_MESSAGES, ...OPEN },
  ),
  factory<websocket.ListenOptions>("websocket.listen", websocket.listen, {
    ...ATTACH,
    ...WS_LISTEN,
  }),
  factory<websocket.ListenMessagesOptions>("websocket.listenMessages", websocket.listenMessages, {
    ...ATTACH_MESSAGES,
    ...WS_LISTEN,
  }),
  factory<websocket.AttachMessagesOptions>(
    "websocket.attachMessages",
    (options, { server }) => websocket.attachMessages(server, options),
    ATTACH_MESSAGES,
  ),
  factory<websocket.AttachOptions>(
    "websocket.attach",
    (options, { server }) => websocket.attach(server, options),
    ATTACH,
    {
      args: [sole("server", [undefined, {}, 9000, "ws://x"], websocket.attach)],
    },
  ),
  factory<websocket.FromWebSocketOptions>(
    "websocket.fromWebSocket",
    (options) => websocket.fromWebSocket(IDLE_SOCKET as never, options),
    { ...WS, heartbeat: HEARTBEAT },
    { args: [sole(/WebSocket/, [undefined, {}, "ws://x"], websocket.fromWebSocket)] },
  ),
  factory<websocket.MessagesOptions>(
    "websocket.messages",
    (options) => websocket.messages(IDLE_SOCKET as never, options),
    { type: CHOICE, closeTimeout: MILLISECONDS },
    { args: [sole(/WebSocket/, [undefined, {}, "ws://x"], (ws: never) => websocket.messages(ws))] },
  ),
];

const NODE: readonly Factory[] = [
  only("fromNodeWritable", sole(/stream|Writable/i, [undefined, {}, "x"], node.fromNodeWritable)),
  only("fromNodeDuplex", sole(/duplex/i, [undefined, {}, "x"], node.fromNodeDuplex)),
  layer<node.ToNodeWritableOptions>("toNodeWritable", node.toNodeWritable, {
    highWaterMark: COUNT,
    emitClose: BOOLEAN,
  }),
  factory<node.ToNodeDuplexOptions>(
    "toNodeDuplex",
    (options, { connection }) => node.toNodeDuplex(connection, options),
    { readableHighWaterMark: COUNT, writableHighWaterMark: COUNT },
    {
      args: [
        argument(/connection|writer|readable/, NO_CONNECTION, (over: core.Connection) =>
          node.toNodeDuplex(over),
        ),
      ],
    },
  ),
];

const PATHS: Wrong = [undefined, 7, {}, "", "a\0b", new URL("https://host/x")];
const FD: WrongOptions<file.FromFdOptions> = {
  io: CHOICE,
  durability: CHOICE,
  closeFd: BOOLEAN,
  onBrokenPipe: CHOICE,
};

const FILE: readonly Factory[] = [
  factory<file.OpenOptions>(
    "file.open",
    (options, { at }) => file.open(at("out"), options),
    {
      flags: ["rw", "r", 7],
      mode: [Number.NaN, -1, 1.5, 0o10000, "0600"],
      atomic: BOOLEAN,
      io: CHOICE,
      durability: CHOICE,
      position: COUNT,
      preallocate: COUNT,
      lock: BOOLEAN,
    },
    { args: [argument(/path|URL|null/, PATHS, (path: string) => file.open(path))] },
  ),
  factory<file.OpenReaderOptions>(
    "file.openReader",
    (options) => file.openReader("/dev/null", options),
    { start: COUNT, end: COUNT, chunkSize: [...COUNT, 0], signal: SIGNAL },
    { args: [argument(/path|URL|null/, PATHS, (path: string) => file.openReader(path))] },
  ),
  factory<file.RotatingOptions>(
    "file.rotating",
    (options, { at }) => file.rotating(at("log"), options),
    {
      maxBytes: [Number.NaN, -1, 1.5, "8"],
      maxAgeMs: [Number.NaN, -1, "1d"],
      every: CHOICE,
      timeZone: CHOICE,
      names: CHOICE,
      onRotate: ["log", 7],
      maxBacklog: COUNT,
      onError: ["log", 7],
      keep: [Number.NaN, -1, 1.5, "8"],
      compress: ["zip", 7, { extension: "zst" }],
      mode: [Number.NaN, -1, 1.5, "0600"],
      io: CHOICE,
      durability: CHOICE,
      lock: BOOLEAN,
    },
    {
      needed: { maxBytes: 1000 },
      args: [
        argument(/path|URL|null/, PATHS, (path: string) => file.rotating(path, { maxBytes: 1000 })),
      ],
    },
  ),
  factory<file.FromFdOptions>("file.fromFd", (options, { fd }) => file.fromFd(fd, options), FD, {
    args: [sole("fd", [undefined, Number.NaN, -1, 1.5, "2"], file.fromFd)],
  }),
  factory<file.StandardOptions>("file.stdout", file.stdout, { ...FD, wholeLines: BOOLEAN }),
  factory<file.StandardOptions>("file.stderr", file.stderr, { ...FD, wholeLines: BOOLEAN }),
  factory<file.LogPolicy>(
    "file.logDestination options",
    (options) => file.logDestination(file.stdout({ io: "sync" }), options),
    { maxBacklog: COUNT, onError: ["log", 7] },
  ),
  only("file.logDestination", sole(/writer/i, [...NO_WRITER, core.memory()], file.logDestination)),
];

const LEVEL = [Number.NaN, 10, 1.5, "9"];
const BLOCK = [Number.NaN, 0, -1, 1.5, "8"];
const DEFLATE: WrongOptions<compression.DeflateBaseOptions> = {
  level: LEVEL,
  windowBits: [7, 16, 9.5, "15"],
  memLevel: [0, 10, 1.5, "8"],
  strategy: CHOICE,
  blockSize: BLOCK,
  flushOnIdle: BOOLEAN,
};
const DECODE: WrongOptions<compression.DecodeOptions> = {
  maxOutputBytes: [Number.NaN, -1, 1.5, "8"],
  maxRatio: [Number.NaN, 0, -1, "8"],
  trailing: CHOICE,
  blockSize: BLOCK,
};

const COMPRESSION: readonly Factory[] = [
  ...bothWays<compression.GzipOptions>("gzip", compression.gzip, compression.gzip, {
    ...DEFLATE,
    name: [7],
    mtime: [7, "now", new Date(Number.NaN)],
    comment: [7],
    parallel: [Number.NaN, 0, -1, 1.5, "8"],
  }),
  ...bothWays<compression.DeflateOptions>("deflate", compression.deflate, compression.deflate, {
    ...DEFLATE,
    dictionary: BYTES,
  }),
  ...bothWays<compression.DeflateOptions>(
    "deflateRaw",
    compression.deflateRaw,
    compression.deflateRaw,
    {
      ...DEFLATE,
      dictionary: BYTES,
    },
  ),
  ...bothWays<compression.BrotliOptions>("brotli", compression.brotli, compression.brotli, {
    quality: [Number.NaN, -1, 12, "9"],
    lgwin: [9, 25, 10.5],
    largeWindow: BOOLEAN,
    mode: CHOICE,
    sizeHint: COUNT,
    blockSize: BLOCK,
    flushOnIdle: BOOLEAN,
  }),
  ...bothWays<compression.ZstdOptions>("zstd", compression.zstd, compression.zstd, {
    level: [Number.NaN, 23, 1.5, "9"],
    windowLog: [9, 40, 10.5, "browser"],
    checksum: BOOLEAN,
    dictionary: BYTES,
    pledgedSize: COUNT,
    parallel: [Number.NaN, 0, -1, 1.5, "8"],
    blockSize: BLOCK,
    flushOnIdle: BOOLEAN,
  }),
  ...bothWays<compression.DecodeOptions>("gunzip", compression.gunzip, compression.gunzip, DECODE),
  ...bothWays<compression.InflateOptions>("inflate", compression.inflate, compression.inflate, {
    ...DECODE,
    dictionary: BYTES,
    acceptRaw: BOOLEAN,
  }),
  ...bothWays<compression.DictionaryDecodeOptions>(
    "inflateRaw",
    compression.inflateRaw,
    compression.inflateRaw,
    {
      ...DECODE,
      dictionary: BYTES,
    },
  ),
  ...bothWays<compression.UnbrotliOptions>("unbrotli", compression.unbrotli, compression.unbrotli, {
    ...DECODE,
    largeWindow: BOOLEAN,
  }),
  ...bothWays<compression.ZstdDecodeOptions>("unzstd", compression.unzstd, compression.unzstd, {
    ...DECODE,
    dictionary: BYTES,
    maxWindowLog: [9, 40, 10.5],
  }),
  ...bothWays<compression.ZstdDecodeOptions>(
    "decompress",
    compression.decompress,
    compression.decompress,
    {
      ...DECODE,
      dictionary: BYTES,
      maxWindowLog: [9, 40, 10.5],
    },
  ),
];

/** Every factory of every package. */
export const FACTORIES: readonly Factory[] = [
  ...CORE,
  ...NODE,
  ...SOCKETS,
  ...TLS,
  ...WEBSOCKET,
  ...FILE,
  ...COMPRESSION,
];

/** An HTTP server that does not listen. */
export function idleServer(): Server {
  return createServer();
}

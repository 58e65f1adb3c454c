/**
 * What a competitor can be asked to do, by workload. A way is one manner of doing it: awaited,
 * corked, by poll. It knows nothing of sizes, of counting and of timing.
 */
export interface Ways {
  call: CallWay;
  tcp: SendWay<SocketTarget>;
  tls: SendWay<TlsTarget>;
  websocket: SendWay<WebSocketTarget>;
  "websocket-receive": ReceiveWay<WebSocketTarget>;
  broadcast: BroadcastWay;
  "serve-echo": ServeWay;
  "serve-messages": ServeWay;
  proxy: ProxyWay;
  accept: ServeWay;
  file: FileWay;
  "log-lines": LogLinesWay;
  gzip: CodecWay;
  zstd: CodecWay;
  gunzip: DecodeWay;
  inflate: DecodeWay;
  unbrotli: DecodeWay;
  unzstd: DecodeWay;
  "read-lines": ReadLinesWay;
  logs: LogsWay;
  copy: CopyWay;
  echo: RoundTripWay<SocketTarget>;
  flush: RoundTripWay<TlsTarget>;
  idle: IdleWay;
  "idle-used": IdleWay;
  stalled: StalledWay;
  import: ImportWay;
  size: SizeWay;
}

export type WorkloadName = keyof Ways;

/** The same message, again and again. */
export interface Payload {
  readonly message: Uint8Array;
  readonly count: number;
}

/** What a program says that times itself. */
export interface OwnTime {
  readonly milliseconds: number;
}

/** Writes of 64 bytes into `layers` layers that end in nothing. Returns the loop. */
export type CallWay = (layers: number) => (payload: Payload) => Promise<void> | void;

export interface SocketTarget {
  readonly port: number;
}

export interface TlsTarget extends SocketTarget {
  /** The certificate to trust, for "localhost". */
  readonly ca: string;
}

export interface WebSocketTarget {
  readonly url: string;
}

/** Connects, sends, ends, and reads the answer: how many bytes the receiver has counted. */
export type SendWay<Target> = (
  target: Target,
  payload: Payload,
) => Promise<{ arrived: number } & Partial<OwnTime>>;

/** Connects, and receives until the peer has ended. Returns how many bytes came. */
export type ReceiveWay<Target> = (target: Target) => Promise<number>;

/** A WebSocket server that sends each message to all of its clients. */
export type BroadcastWay = () => Promise<{
  readonly port: number;
  /** Resolves once the server has them, as far as its user waits. */
  send(payload: Payload): Promise<void>;
  close(): void;
}>;

/** A TCP server. */
export interface Served {
  readonly port: number;
  /**
   * The CPU time so far of a server in another process, in microseconds: by `getrusage(2)`, as `process.cpuUsage()`.
   * The sum is as exact as that. Most kernels share it out to user and system by what they see at each tick, 1 to 10 ms,
   * for either kind of server: a run of 300 ms has few of them. Default: the time of this process.
   */
  cpuUsage?(): Promise<NodeJS.CpuUsage>;
  /** Called when its clients are gone. */
  close(): Promise<void>;
}

/** Sends back what its clients send, each message or all bytes, and ends a connection when they do. */
export type ServeWay = () => Promise<Served>;

/** Passes on what its clients send, each over a connection of its own, and the answers, until both have ended. */
export type ProxyWay = (to: SocketTarget) => Promise<Served>;

/** Writes a new file and closes it. */
export type FileWay = (path: string, payload: Payload) => Promise<void | OwnTime>;

/** Opens a log as a logger does. It is written to without waiting, and flushed at the end. */
export type LogLinesWay = (path: string) => Promise<{
  write(line: string): void;
  flushSync(): void;
}>;

/** Compresses the pieces, each with a write of its own, and returns all that comes out. */
export type CodecWay = (pieces: Iterable<Uint8Array>) => Promise<readonly Uint8Array[]>;

/** Decompresses one stream, given in pieces. Returns how many bytes come out. */
export type DecodeWay = (pieces: Iterable<Uint8Array>) => Promise<number>;

/** Reads a file line by line. Returns how many there are. */
export type ReadLinesWay = (path: string) => Promise<number>;

/** Sends the lines, each with a write of its own, compressed with gzip and over TLS. */
export type LogsWay = (
  target: TlsTarget,
  lines: Iterable<Uint8Array>,
) => Promise<{ arrived: number }>;

/** Sends a file as it is. */
export type CopyWay = (
  target: SocketTarget,
  path: string,
) => Promise<{ arrived: number } & Partial<OwnTime>>;

/** Connects. A trip sends the message, flushed, and waits for the answer to it. */
export type RoundTripWay<Target> = (
  target: Target,
  message: Uint8Array,
) => Promise<{ trip(): Promise<void>; close(): void }>;

/** Connects. What is sent comes back. */
export type IdleWay = (target: SocketTarget) => Promise<{
  use(message: Uint8Array): Promise<void>;
  close(): void;
}>;

/** Connects. Offered more, it takes what it takes; the peer reads nothing. */
export type StalledWay = (target: { path: string }) => Promise<{
  offer(chunk: Uint8Array): void;
  close(): void;
}>;

/** The module that is imported. */
export type ImportWay = string;

/** The program that is bundled. */
export type SizeWay = string;

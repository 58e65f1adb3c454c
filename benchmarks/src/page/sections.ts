/** One part of the page, and the cases that it shows. */
export interface Section {
  readonly title: string;
  /** What was done, and what to know to read the figures. */
  readonly text: string;
  /** The cases of a workload at its sizes, as one table and a chart over the sizes. */
  readonly bySize?: string | undefined;
  /** Cases that are tables of their own. */
  readonly cases?: readonly string[] | undefined;
  /** The one of them that is drawn as bars. */
  readonly bars?: string | undefined;
}

export const SECTIONS: readonly Section[] = [
  {
    title: "A write call",
    text:
      "Writes of 64 bytes with no destination: the trait alone, with `buffered` on it, and four more layers " +
      "that pass everything on. No I/O, so this is what the interface itself costs.",
    cases: ["call-trait", "call-buffered", "call-5-layers"],
    bars: "call-buffered",
  },
  {
    title: "Bytes of heap for each write",
    text:
      "What 64-byte writes allocate, counted over up to 10 million of them with no collection in between. " +
      "The `await` of a promise that is ready takes its 200 bytes from V8, whoever made the promise: " +
      "the call itself takes none, as the polls show.",
    cases: [
      "call-trait-heap",
      "call-buffered-heap",
      "call-5-layers-heap",
      "tcp-64B-heap",
      "file-64B-heap",
    ],
  },
  {
    title: "TCP",
    text: "Over loopback, to a small C program that counts.",
    bySize: "tcp",
  },
  {
    title: "TLS",
    text: "Over loopback, to a TLS server of Node in its own process, which counts what it decrypts.",
    bySize: "tls",
  },
  {
    title: "WebSocket",
    text: "Clients, without compression of messages, to a server that counts payload.",
    bySize: "websocket",
  },
  {
    title: "WebSocket: receiving",
    text:
      "A client of a server that sends messages as fast as they are taken. The CPU time of the client for each " +
      "message.",
    cases: ["websocket-receive-64B", "websocket-receive-64KiB"],
    bars: "websocket-receive-64B",
  },
  {
    title: "WebSocket: broadcast",
    text:
      "A server sends messages of 200 bytes to each of 300 clients: one message in a turn of the event loop, and " +
      "eight. The CPU time of the server for each message to each client.",
    cases: ["broadcast-200B", "broadcast-200B-bursts"],
    bars: "broadcast-200B-bursts",
  },
  {
    title: "Servers: echo",
    text:
      "A TCP server sends back messages of 128 bytes to 32 clients in another process. Each waits for its answer before it " +
      "sends the next one; or sends 16 together, which the server takes apart and answers one by one. The CPU time of the " +
      "server for each message, and the part of it that is not the kernel's. `tokio` is the limit: it sends its answers " +
      "once no whole message is left in its buffer. The kernel samples that part at its ticks, a few hundred in a " +
      "second: less than a tenth of the whole is a rough figure.",
    cases: ["serve-echo-128B", "serve-messages-128B"].flatMap((name) => [
      `${name}-cpu`,
      `${name}-user`,
    ]),
    bars: "serve-echo-128B-cpu",
  },
  {
    title: "Servers: proxy",
    text:
      "Between 32 clients and an echo, which are in other processes: one message at a time on each connection, or 16. The CPU " +
      "time of the proxy for each message and its way back. `copy_bidirectional` of this tokio has buffers of 8 KiB, the " +
      "two `copy_buf` of 64 KiB.",
    cases: ["proxy-64KiB", "proxy-1KiB", "proxy-1KiB-16"].flatMap((name) => [
      `${name}-cpu`,
      `${name}-user`,
    ]),
    bars: "proxy-1KiB-cpu",
  },
  {
    title: "Servers: accepting",
    text:
      "Clients that connect and end at once, 16 at a time, to the echo servers from above. The CPU time of the server for " +
      "each connection.",
    cases: ["accept-cpu", "accept-user"],
    bars: "accept-cpu",
  },
  {
    title: "Files",
    text:
      "A new file in memory (`/dev/shm`), closed at the end: no disk is measured. `sync` and `async` are the " +
      "`io` option of `open`.",
    bySize: "file",
  },
  {
    title: "Log files",
    text:
      "Lines of 100 bytes appended to a file as a logger does, 1000 in a turn of the event loop, and flushed at " +
      "the end: `logDestination`, and the destination of pino with the options of its documentation.",
    cases: ["log-lines"],
    bars: "log-lines",
  },
  {
    title: "gzip",
    text: "Level 6, log lines in pieces of each size; checked by `gzip -d`. `parallel` has two blocks at a time.",
    bySize: "gzip",
    cases: ["gzip-lines"],
  },
  {
    title: "zstd",
    text: "Level 3 without checksums, as above; checked by `zstd -d`.",
    bySize: "zstd",
    cases: ["zstd-lines"],
  },
  {
    title: "Decoders",
    text:
      "Streams of 4 MiB of log lines, given in pieces of 64 KiB and of 100 bytes: written into the decoder, and read " +
      "from it. In MB of text for each second of CPU time, that of the thread pool included.",
    cases: ["gunzip", "inflate", "unbrotli", "unzstd"].flatMap((decoder) => [
      `decode-${decoder}-64KiB`,
      `decode-${decoder}-100B`,
    ]),
    bars: "decode-gunzip-64KiB",
  },
  {
    title: "Lines of a file",
    text: "Lines of 100 bytes of a file in memory, one by one. The CPU time of the process for each.",
    cases: ["read-lines"],
    bars: "read-lines",
  },
  {
    title: "Log lines through the full stack",
    text:
      "Lines of 20 to 400 bytes, each with a write of its own, gzip, TLS, and a server that decodes both. In MB " +
      "of text.",
    cases: ["logs"],
    bars: "logs",
  },
  {
    title: "A file to a socket",
    text: "From the page cache, to the same C program.",
    cases: ["copy-file-to-tcp"],
  },
  {
    title: "Round trips and flush",
    text:
      "64 bytes, flushed, until the answer is there, one after the other, after 5,000 that warm up: over TCP to " +
      "an echo, and through gzip and TLS to a server that answers what it has decoded.",
    cases: [
      "tcp-echo-64B-p50",
      "tcp-echo-64B-p99",
      "flush-gzip-tls-64B-p50",
      "flush-gzip-tls-64B-p99",
    ],
  },
  {
    title: "Memory of connections",
    text:
      "How the process grows with each connection: 10,000 that idle, before and after use; and 1,000 whose peer " +
      "reads nothing, each offered 1 MiB in chunks of 64 KiB. A fifth as many are opened and used before, which " +
      "pays for what does not grow with their count: the code that V8 compiles, and its young generation. Garbage is " +
      "collected before each look, the young generation too. The bare socket has listeners for `data`, `error` and " +
      "`close`, the last two shared.",
    cases: ["idle-10000", "idle-10000-after-use", "stalled-1000"],
    bars: "stalled-1000",
  },
  {
    title: "Start and size",
    text:
      "The time of the first `import`, and what a bundle with all of a package weighs: its dependencies with it, " +
      "minified, gzip.",
    cases: ["import-time", "bundle-size"],
  },
];

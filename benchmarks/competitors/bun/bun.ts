// The parts of Bun that are used here; its own types would redefine those of Node.
export interface BunSocket<Data = undefined> {
  data: Data;
  /** Returns how much was taken, less than 0 once it is closed; `drain` follows if that is not all. */
  write(data: Uint8Array): number;
  /** Sends the end, and goes on receiving. */
  shutdown(): void;
  end(): void;
  /** Stops reading, until `resume`. */
  pause(): void;
  resume(): void;
}

export interface BunHandlers<Data = undefined> {
  open?(socket: BunSocket<Data>): void;
  handshake?(socket: BunSocket<Data>): void;
  data(socket: BunSocket<Data>, data: Buffer): void;
  drain(socket: BunSocket<Data>): void;
  end?(socket: BunSocket<Data>): void;
  close(socket: BunSocket<Data>): void;
  error(socket: BunSocket<Data>, error: Error): void;
}

interface BunListener {
  readonly port: number;
  stop(): void;
}

interface BunAddress<Data> {
  hostname: string;
  port: number;
  allowHalfOpen: boolean;
  data?: Data;
}

/** Puts chunks together: with `stream`, each `flush` returns what came since the one before it. */
interface ArrayBufferSink {
  start(options: { stream: true; asUint8Array: true; highWaterMark: number }): void;
  write(chunk: Uint8Array): number;
  flush(): Uint8Array;
}

interface FileSink {
  write(chunk: Uint8Array): number | Promise<number>;
  flush(): number | Promise<number>;
  end(): number | Promise<number>;
}

interface BunApi {
  readonly ArrayBufferSink: new () => ArrayBufferSink;
  listen<Data>(options: BunAddress<Data> & { socket: BunHandlers<Data> }): BunListener;
  connect<Data>(
    options: BunAddress<Data> & {
      tls?: { ca: string; serverName: string };
      socket: BunHandlers<Data>;
    },
  ): Promise<BunSocket<Data>>;
  file(path: string): { writer(options: { highWaterMark: number }): FileSink };
}

/** Looked up on use: the harness, on Node, loads everything but this. */
export function bun(): BunApi {
  return (globalThis as unknown as { Bun: BunApi }).Bun;
}

// The parts of Bun that are used here; its own types would redefine those of Node.
interface BunSocket {
  /** Returns how much was taken; `drain` follows if that is not all. */
  write(data: Uint8Array): number;
  /** Sends the end, and goes on receiving. */
  shutdown(): void;
  end(): void;
}

interface BunHandlers {
  open?(socket: BunSocket): void;
  handshake?(socket: BunSocket): void;
  data(socket: BunSocket, data: Uint8Array): void;
  drain(socket: BunSocket): void;
  end?(socket: BunSocket): void;
  close(): void;
  error(socket: BunSocket, error: Error): void;
}

interface FileSink {
  write(chunk: Uint8Array): number | Promise<number>;
  flush(): number | Promise<number>;
  end(): number | Promise<number>;
}

interface BunApi {
  connect(options: {
    hostname: string;
    port: number;
    allowHalfOpen: boolean;
    tls?: { ca: string; serverName: string };
    socket: BunHandlers;
  }): Promise<BunSocket>;
  file(path: string): { writer(options: { highWaterMark: number }): FileSink };
}

/** Looked up on use: the harness, on Node, loads everything but this. */
export function bun(): BunApi {
  return (globalThis as unknown as { Bun: BunApi }).Bun;
}

/** An end of the connection that a proxy speaks for. */
export interface ProxyEndpoint {
  /** An IP address. */
  readonly address: string;
  readonly port: number;
}

/** Ends that are Unix-domain sockets. */
export interface ProxyUnixEndpoint {
  readonly path: string;
}

/** An extension of version 2: "type, length, value". */
export interface ProxyExtension {
  /** 0x01 ALPN, 0x02 authority, 0x05 unique id, 0x20 TLS, and so on (section 2.2). */
  readonly type: number;
  readonly value: Uint8Array;
}

/** What a proxy says about the connection that it passes on. */
export interface ProxyHeader {
  readonly version: 1 | 2;
  /**
   * What the client speaks to the proxy. "unknown": the proxy does not say, or speaks for itself, as for a health
   * check; the addresses are those of the connection itself then.
   */
  readonly transport: "tcp4" | "tcp6" | "udp4" | "udp6" | "unix" | "unknown";
  /** The client. */
  readonly source: ProxyEndpoint | ProxyUnixEndpoint | undefined;
  /** Where the client connected to. */
  readonly destination: ProxyEndpoint | ProxyUnixEndpoint | undefined;
  /** Of version 2, in their order. */
  readonly extensions: readonly ProxyExtension[];
}

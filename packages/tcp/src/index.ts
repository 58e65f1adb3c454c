/**
 * TCP and Unix-domain sockets as byte writers.
 *
 * ```ts
 * import { connect, listen } from "@aw/tcp";
 *
 * const listener = await listen();
 * const out = await connect({ port: listener.port });
 * await out.writeAll("hello\n");
 * await out.close(); // FIN
 * for await (const connection of listener) {
 *   console.log(await connection.reader.text());
 *   await connection.close();
 *   break;
 * }
 * await listener.close();
 * ```
 *
 * @packageDocumentation
 */
export type { ConnectOptions, ConnectTarget, ListenerCloseOptions, ListenOptions } from "@aw/node";
export { connect } from "./connect.ts";
export { listen, type TcpListener } from "./listen.ts";
export type {
  ProxyEndpoint,
  ProxyExtension,
  ProxyHeader,
  ProxyUnixEndpoint,
} from "./proxy-header.ts";
export { readProxyHeader, type ReadProxyHeaderOptions } from "./read-proxy-header.ts";
export { TcpConnection } from "./tcp-connection.ts";

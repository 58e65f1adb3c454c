/**
 * TLS as a byte writer: to servers, from clients, and over any connection.
 *
 * ```ts
 * import { connect } from "@aw/tls";
 *
 * const out = await connect({ host: "logs.example", port: 9443 });
 * await out.writeAll("hello\n");
 * await out.close(); // close_notify, FIN
 * ```
 *
 * @packageDocumentation
 */
export type { ConnectTarget, ListenerCloseOptions } from "@aw/node";
export { client, connect, type ConnectOptions } from "./client.ts";
export type { ClientOptions, Credentials, HostCredentials, ServerOptions } from "./options.ts";
export {
  acceptor,
  listen,
  server,
  TlsAcceptor,
  TlsListener,
  type ListenOptions,
} from "./server.ts";
export { TlsConnection } from "./tls-connection.ts";

/**
 * TCP and Unix-domain sockets as byte writers.
 *
 * ```ts
 * import { connect, listen } from "@aw/tcp";
 *
 * const listener = await listen();
 * const { port } = listener.address as { port: number };
 * const out = await connect({ port });
 * await out.writeAll("hello\n");
 * await out.close(); // FIN
 * for await (const connection of listener) {
 *   console.log(await new Response(connection.readable).text());
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
export { TcpConnection } from "./tcp-connection.ts";

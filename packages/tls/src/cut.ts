import type { TLSSocket } from "node:tls";
import type { Base } from "./base.ts";

/**
 * Calls `cut` if TLS ends although its peer sent no close_notify (RFC 8446, section 6.1).
 *
 * Node reports both ends alike. It relies on this: a TLSSocket ends by `push(null)`, synchronously when
 * close_notify was decrypted, which is before what is below has ended; or else together with that. If a
 * version of Node ends it in another way, cuts are taken for ends, or ends for cuts: the test `tricks` (cut) fails,
 * and the end has to be read from the records instead (an alert of level 1, description 0, is the last one).
 *
 * To be called as soon as the handshake is done, before TLS hands out what came together with its end.
 */
export function onCut(tls: TLSSocket, base: Base, cut: () => void): void {
  const push = tls.push.bind(tls);
  tls.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk === null && base.ended) cut();
    return push(chunk, encoding);
  };
}

/**
 * The subprotocol that gives a WebSocket a half-close: an empty binary message says that its
 * sender has finished. After one in each direction the connection closes with 1000.
 */
export const HALF_CLOSE = "aw.half-close.v1";

const SUFFIX = `+${HALF_CLOSE}`;

/**
 * What to offer: a WebSocket has one subprotocol, so each of the user's is offered with and
 * without the half-close; without any, the half-close alone.
 */
export function offers(protocols: readonly string[], halfClose: boolean): string[] {
  if (!halfClose) return [...protocols];
  if (protocols.length === 0) return [HALF_CLOSE];
  return protocols.flatMap((protocol) => [protocol + SUFFIX, protocol]);
}

/** Takes a subprotocol apart: the user's part, and whether the half-close is in it. */
export function parseProtocol(protocol: string): { protocol: string; halfClose: boolean } {
  if (protocol === HALF_CLOSE) return { protocol: "", halfClose: true };
  return protocol.endsWith(SUFFIX)
    ? { protocol: protocol.slice(0, -SUFFIX.length), halfClose: true }
    : { protocol, halfClose: false };
}

/**
 * What a server answers: the first offer whose user's part it knows. A server that names no
 * protocols takes the half-close, or none.
 */
export function choose(
  offered: Iterable<string>,
  known: readonly string[],
  halfClose: boolean,
): string | undefined {
  for (const offer of offered) {
    const { protocol, halfClose: wanted } = parseProtocol(offer);
    if (wanted && !halfClose) continue;
    if (protocol === "" || known.includes(protocol)) return offer;
  }
  return undefined;
}

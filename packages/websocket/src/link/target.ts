import { invalidArgument } from "@aw/core/implementor";

const SCHEMES: ReadonlySet<string> = new Set(["ws:", "wss:", "http:", "https:"]);

/**
 * What names and messages call a URL: scheme and host. Passwords and tokens do not get there, and
 * tokens stand in paths, too.
 */
export function targetOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}

/**
 * Refuses what is not the URL of a WebSocket; the message does not quote it.
 *
 * @param base what it may be relative to
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`
 */
export function parseTarget(url: string | URL, base?: string): URL {
  const parsed = URL.parse(String(url), base);
  if (parsed === null) throw invalidArgument("connect: the URL is not valid; it is not shown here");
  if (!SCHEMES.has(parsed.protocol)) {
    const message = `connect: the URL must begin with ws:, wss:, http: or https:, got ${parsed.protocol}`;
    throw invalidArgument(message);
  }
  if (parsed.hash !== "") throw invalidArgument("connect: the URL must not have a #fragment");
  return parsed;
}

import { isIP } from "node:net";
import { fileURLToPath } from "node:url";
import { usage } from "./usage.ts";

/** Where bytes go, or where they are waited for. */
export type Target =
  | { readonly kind: "stdio" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp" | "tls"; readonly host: string; readonly port: number }
  | { readonly kind: "ws" | "wss"; readonly url: URL };

export type Kind = Target["kind"];

/** Reads what stands on the command line: `tcp://host:port`, `unix:path`, `-`, or a plain path. */
export function parseTarget(text: string): Target {
  if (text === "-") return { kind: "stdio" };
  if (text === "")
    throw usage("an empty target; a path or a URL such as tcp://host:9000 is needed");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (/^unix:/i.test(text))
    return { kind: "unix", path: pathOf(text, text.replace(/^unix:(\/\/)?/i, "")) };
  if (/^file:/i.test(text)) return { kind: "file", path: pathOf(text, filePath(text)) };
  if (scheme === undefined) return { kind: "file", path: plainPath(text) };
  if (scheme === "tcp" || scheme === "tls") return { kind: scheme, ...hostAndPort(text) };
  if (scheme === "ws" || scheme === "wss") return { kind: scheme, url: urlOf(text) };
  throw usage(
    `${text}: ${scheme}: is not known; there are tcp:, unix:, tls:, ws:, wss:, file: and plain paths`,
  );
}

/** Whether a text is the URL of a target that is connected to. */
export function isAddress(text: string): boolean {
  return /^(?:tcp|tls|wss?):\/\/|^unix:/i.test(text);
}

/** As it would stand on the command line, with a host in brackets where it needs them. */
export function formatAddress(kind: string, host: string, port: number): string {
  return `${kind}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** A host as sockets want it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

function hostAndPort(text: string): { host: string; port: number } {
  const url = urlOf(text);
  const rest = url.username + url.password + url.pathname + url.search + url.hash;
  if (url.port === "" || (rest !== "" && rest !== "/")) {
    throw usage(`${text}: ${url.protocol}//host:port is needed, and nothing else`);
  }
  return { host: hostOf(url), port: Number(url.port) };
}

function urlOf(text: string): URL {
  if (!URL.canParse(text))
    throw usage(`${text}: not a URL; a host is needed, and a port up to 65535`);
  return new URL(text);
}

/** `file:///absolute` is a URL with its escapes; what follows a bare `file:` is a path as it is. */
function filePath(text: string): string {
  if (!/^file:\/\//i.test(text)) return text.slice("file:".length);
  try {
    return fileURLToPath(text);
  } catch (error) {
    throw usage(`${text}: ${(error as Error).message}`);
  }
}

/**
 * A path that can't be meant for anything else. `host:9000` and socat's `tcp:host:9000` would become files
 * of these names. As for scp and rsync, a path has no colon before its first slash.
 */
function plainPath(text: string): string {
  const file = `for a file of this name, ./${text} or file:${text}`;
  const scheme = /^(tcp|tls|wss?):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    throw usage(`${text}: write ${scheme}://${text.slice(scheme.length + 1)}; ${file}`);
  }
  if (isIP(text) !== 0 || /^\d{1,5}$/.test(text)) {
    throw usage(`${text}: write tcp://host:port; ${file}`);
  }
  const drive = /^[a-z]:[\\/]/i;
  if (!/^[^/]*:/.test(text) || drive.test(text)) return text;
  const address = /.:\d{1,5}(?:\/|$)/.test(text) ? `tcp://${text}` : "tcp://host:port";
  throw usage(`${text}: to connect, write ${address} or another scheme; ${file}`);
}

function pathOf(text: string, path: string): string {
  if (path === "") throw usage(`${text}: a path is needed`);
  return path;
}

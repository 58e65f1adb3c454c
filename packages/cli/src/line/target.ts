import { fileURLToPath } from "node:url";
import { usage } from "./usage.ts";

/** Where bytes go, or where they are waited for. */
export type Target =
  | { readonly kind: "stdio" }
  | { readonly kind: "file" | "unix"; readonly path: string }
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
  if (scheme === undefined) return { kind: "file", path: text };
  if (scheme === "tcp" || scheme === "tls") return { kind: scheme, ...hostAndPort(text) };
  if (scheme === "ws" || scheme === "wss") return { kind: scheme, url: urlOf(text) };
  throw usage(
    `${text}: ${scheme}: is not known; there are tcp:, unix:, tls:, ws:, wss:, file: and plain paths`,
  );
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

function pathOf(text: string, path: string): string {
  if (path === "") throw usage(`${text}: a path is needed`);
  return path;
}

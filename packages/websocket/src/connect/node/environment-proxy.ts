import { isIPv6 } from "node:net";

/** The part of the environment that Node's own clients look at, too. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a URL, or undefined. As in Node, the environment counts
 * only with NODE_USE_ENV_PROXY=1 (or `--use-env-proxy` in NODE_OPTIONS); lower case names go first,
 * and an empty variable is none. Only proxies of `http:` are known.
 */
export function environmentProxy(url: URL, environment: Environment): URL | undefined {
  const { NODE_USE_ENV_PROXY, NODE_OPTIONS = "" } = environment;
  if (NODE_USE_ENV_PROXY !== "1" && !/(?:^|\s)--use-env-proxy(?:\s|$)/.test(NODE_OPTIONS)) {
    return undefined;
  }
  const secure = url.protocol === "wss:" || url.protocol === "https:";
  const [lower, upper] = secure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
  const named = environment[lower] || environment[upper];
  if (named === undefined) return undefined;
  const exceptions = environment["no_proxy"] || environment["NO_PROXY"] || "";
  if (exceptions.split(/[\s,]/).some((entry) => isException(url, secure, entry))) return undefined;
  const proxy = URL.parse(named.includes("://") ? named : `http://${named}`);
  return proxy?.protocol === "http:" ? proxy : undefined;
}

/** "*", a host, a domain with all below it (".example") or what is below it ("*.example"), each with or without a port. */
function isException({ hostname, port }: URL, secure: boolean, entry: string): boolean {
  if (entry === "*") return true;
  if (isIPv6(entry)) return hostname === `[${entry.toLowerCase()}]`;
  const [, name = "", only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  const actual = port === "" ? (secure ? "443" : "80") : port;
  if (only !== undefined && only !== actual) return false;
  if (name.startsWith("*.")) return hostname.endsWith(name.slice(1));
  return name.startsWith(".") ? `.${hostname}`.endsWith(name) : hostname === name;
}

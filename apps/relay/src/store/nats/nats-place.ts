import { ConfigError } from "../../config/config-error.ts";
import { withoutSecrets } from "../without-secrets.ts";

/** What the URL of a NATS object store says. */
export interface NatsPlace {
  /** "host:port", one or more of the same cluster. */
  servers: string[];
  bucket: string;
  /** `user:password@`, or `token@`. */
  login?: { user: string; pass: string } | { token: string };
}

const URL_OF_NATS = /^nats:\/\/(?:(?<login>[^/]*)@)?(?<servers>[^/@?#]+)\/(?<bucket>[\w-]+)$/;
const SERVER = /^(\[[\da-fA-F:.]+\]|[^:[\]]+)(:\d{1,5})?$/;

/** @throws ConfigError for a URL that is none; the message has no password in it */
export function parseNatsUrl(url: string): NatsPlace {
  const { login, servers = "", bucket = "" } = URL_OF_NATS.exec(url)?.groups ?? {};
  const all = servers.split(",");
  if (bucket === "" || !all.every((server) => SERVER.test(server))) {
    throw new ConfigError(
      `store: NATS is nats://host:port[,host:port...]/BUCKET, the bucket in letters, digits, dashes and underscores, not ${withoutSecrets(url)}`,
    );
  }
  return { servers: all, bucket, ...(login !== undefined && { login: parseLogin(login) }) };
}

function parseLogin(login: string): { user: string; pass: string } | { token: string } {
  const [first = "", ...rest] = login.split(":").map(decode);
  return rest.length === 0 ? { token: first } : { user: first, pass: rest.join(":") };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign of its own
  }
}

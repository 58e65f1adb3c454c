import { ConfigError } from "../../config/config-error.ts";
import { withoutSecrets } from "../without-secrets.ts";

/** What the URL of an S3 bucket says. */
export interface S3Place {
  bucket: string;
  /** What the keys begin with: "" or a path that ends with a slash. */
  prefix: string;
  /** A server that is not Amazon's. */
  endpoint?: string;
  region: string;
}

/** What a server that is not Amazon's mostly takes, and Amazon's without another. */
const DEFAULT_REGION = "us-east-1";

/** @throws ConfigError for a URL that is none; the message has no secret in it */
export function parseS3Url(url: string): S3Place {
  const parsed = URL.parse(url);
  const query = parsed?.searchParams ?? new URLSearchParams();
  const endpoint = query.get("endpoint") ?? undefined;
  const isWhole =
    parsed?.protocol === "s3:" &&
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(parsed.host) &&
    [...query.keys()].every((key) => key === "endpoint" || key === "region") &&
    (endpoint === undefined || isEndpoint(endpoint));
  if (!isWhole || parsed.username !== "") {
    throw new ConfigError(
      "store: S3 is s3://BUCKET[/PREFIX][?endpoint=http://host:port&region=REGION], with its keys in " +
        `AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile, not ${withoutSecrets(url)}`,
    );
  }
  const path = parsed.pathname.replace(/^\/+|\/+$/g, "");
  return {
    bucket: parsed.host,
    prefix: path === "" ? "" : `${decodeURIComponent(path)}/`,
    ...(endpoint !== undefined && { endpoint }),
    region: query.get("region") ?? DEFAULT_REGION,
  };
}

function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return (url?.protocol === "http:" || url?.protocol === "https:") && url.username === "";
}

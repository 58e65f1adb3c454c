import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { ConfigError } from "./config-error.ts";
import { readNamed } from "./read-named.ts";
import type { Config } from "./schema.ts";

/** For connections to another relay or a store: whom to trust, and who this relay is. In PEM. */
export interface Upstream {
  ca?: string;
  cert?: string;
  key?: string;
}

/** @throws ConfigError for files that can't be read, have no certificate, or do not belong together */
export async function readUpstream(paths: Config["upstream"]): Promise<Upstream> {
  const upstream: Upstream = {};
  for (const name of ["ca", "cert", "key"] as const) {
    const path = paths[name];
    if (path !== undefined) upstream[name] = await readNamed(`upstream.${name}`, path);
  }
  const { ca, cert, key } = upstream;
  // Node accepts a file without a certificate, and then trusts no server.
  check("upstream.ca", () => ca !== undefined && new X509Certificate(ca));
  check("upstream.cert", () => cert !== undefined && new X509Certificate(cert));
  check("upstream.key", () => key !== undefined && createSecureContext({ cert, key }));
  return upstream;
}

function check(key: string, use: () => unknown): void {
  try {
    use();
  } catch (error) {
    throw new ConfigError(`${key}: ${(error as Error).message}`, { cause: error });
  }
}

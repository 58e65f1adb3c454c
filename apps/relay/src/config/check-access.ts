import type { Config } from "./schema.ts";

/** A key of the configuration, and what is wrong with it. */
export type Issue = readonly [key: string, message: string];

/**
 * What can't be right together. As soon as any access is asked for, every server has to be able to ask for it: one
 * that is open to everybody would be found.
 */
export function checkAccess({ access, listen, tls, upstream }: Config): Issue[] {
  const issues: Issue[] = [];
  const hasTokens = access.tokens.length > 0;
  const hasClientCa = tls.clientCa !== undefined;
  for (const [name, { cert, key }] of Object.entries({ tls, upstream })) {
    if ((cert === undefined) === (key === undefined)) continue;
    issues.push([`${name}.${cert === undefined ? "cert" : "key"}`, "cert and key belong together"]);
  }
  if (!hasTokens && !hasClientCa) return issues;
  if (listen.tcp !== false) {
    issues.push(["listen.tcp", "plain TCP asks for no token and no certificate: set it to false"]);
  }
  if (listen.tls !== false && !hasClientCa) {
    issues.push(["listen.tls", "TLS asks for certificates: set tls.clientCa, or this to false"]);
  }
  if (listen.http !== false && !hasTokens) {
    issues.push(["listen.http", "HTTP asks for tokens: set access.tokens, or this to false"]);
  }
  return issues;
}

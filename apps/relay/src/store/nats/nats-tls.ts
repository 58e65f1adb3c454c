import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { NodeConnectionOptions } from "@nats-io/transport-node";
import type { Upstream } from "../../config/read-upstream.ts";

type TlsOptions = NodeConnectionOptions["tls"] & {
  checkServerIdentity?: (name: string, certificate: PeerCertificate) => Error | undefined;
};

/**
 * TLS for the client of NATS, which refuses a server without TLS as soon as it has options for it.
 *
 * The client names no server that is called by its IP address, and Node then looks for "localhost" in the certificate. So the
 * addresses in the URL are looked for instead: the certificate has to be for one of them.
 *
 * @param servers "host:port" each
 */
export function tlsOptions(servers: readonly string[], upstream: Upstream): TlsOptions {
  const hosts = servers.map(hostOf);
  const isNamed = hosts.includes("localhost");
  return {
    ...upstream,
    checkServerIdentity(name, certificate) {
      const isAddress = name === "localhost" && !isNamed;
      const wanted = isAddress ? hosts.filter((host) => isIP(host) !== 0) : [name];
      const problems = wanted.map((each) => checkServerIdentity(each, certificate));
      return problems.includes(undefined) ? undefined : problems[0];
    },
  };
}

function hostOf(server: string): string {
  return server.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

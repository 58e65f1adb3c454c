import type { ConnectTarget } from "@aw/tcp";
import type { Relay } from "../relay.ts";

/** Where the demo sends to. */
export interface Places {
  tcp: ConnectTarget;
  tls: ConnectTarget;
  /** The certificate to trust, in PEM. */
  ca: string;
  /** "ws://127.0.0.1:8080". */
  websocket: string;
  /** The socket for records. */
  records: string;
  /** TCP of a relay that forwards to the first one. */
  forwarding: ConnectTarget;
}

export function placesOf(relay: Relay, forwarding: Relay): Places {
  return {
    tcp: targetOf(relay.addressOf("tcp")),
    tls: targetOf(relay.addressOf("tls")),
    ca: relay.credentials.cert,
    websocket: relay.addressOf("http").replace("http:", "ws:"),
    records: relay.addressOf("records").replace("unix:", ""),
    forwarding: targetOf(forwarding.addressOf("tcp")),
  };
}

function targetOf(address: string): ConnectTarget {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port) };
}

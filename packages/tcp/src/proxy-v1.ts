import { isIPv4, isIPv6 } from "node:net";
import type { ProxyEndpoint, ProxyHeader } from "./proxy-header.ts";

const FAMILIES = { TCP4: isIPv4, TCP6: isIPv6 } as const;

const PORT = /^(?:0|[1-9]\d{0,4})$/;

/**
 * Parses the line of version 1 (section 2.1), without its CRLF. Returns what is wrong with it, if it is not
 * one.
 */
export function parseVersion1(line: string): ProxyHeader | string {
  const [word, family, from, to, fromPort, toPort, ...more] = line.split(" ");
  if (word !== "PROXY") return "it does not begin with PROXY";
  if (family === "UNKNOWN") return header("unknown", undefined, undefined);
  if (family !== "TCP4" && family !== "TCP6") return "the family is not TCP4, TCP6 or UNKNOWN";
  const source = endpoint(FAMILIES[family], from, fromPort);
  const destination = endpoint(FAMILIES[family], to, toPort);
  if (source === undefined || destination === undefined || more.length > 0) {
    return `what follows ${family} is not two addresses and two ports`;
  }
  return header(family === "TCP4" ? "tcp4" : "tcp6", source, destination);
}

function endpoint(
  isAddress: (text: string) => boolean,
  address = "",
  port = "",
): ProxyEndpoint | undefined {
  const isValid = isAddress(address) && !address.includes("%") && PORT.test(port);
  return isValid && Number(port) <= 65_535 ? { address, port: Number(port) } : undefined;
}

function header(
  transport: ProxyHeader["transport"],
  source: ProxyEndpoint | undefined,
  destination: ProxyEndpoint | undefined,
): ProxyHeader {
  return { version: 1, transport, source, destination, extensions: [] };
}

import { SocketAddress } from "node:net";
import { crc32c } from "./crc32c.ts";
import type {
  ProxyEndpoint,
  ProxyExtension,
  ProxyHeader,
  ProxyUnixEndpoint,
} from "./proxy-header.ts";

/** What a header of version 2 begins with (section 2.2); no other protocol does. */
export const SIGNATURE: Uint8Array = Uint8Array.from([
  0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
]);

/** The signature, version and command, family, and the length of the rest. */
export const PREFIX_LENGTH = 16;

const CHECKSUM = 0x03;

const NOTHING_SAID = { transport: "unknown", source: undefined, destination: undefined } as const;

type Ends = Pick<ProxyHeader, "transport" | "source" | "destination">;

/** How the addresses of a family lie: the length of one, and what is made of both. */
interface Family {
  readonly transport: ProxyHeader["transport"];
  readonly length: number;
  read(block: Buffer): [ProxyEndpoint | ProxyUnixEndpoint, ProxyEndpoint | ProxyUnixEndpoint];
}

const FAMILIES: Readonly<Record<number, Family>> = {
  0x11: { transport: "tcp4", length: 12, read: (block) => internet(block, 4) },
  0x12: { transport: "udp4", length: 12, read: (block) => internet(block, 4) },
  0x21: { transport: "tcp6", length: 36, read: (block) => internet(block, 16) },
  0x22: { transport: "udp6", length: 36, read: (block) => internet(block, 16) },
  0x31: { transport: "unix", length: 216, read: unix },
  0x32: { transport: "unix", length: 216, read: unix },
};

/** The length of a header, of its first 16 bytes. */
export function lengthOfVersion2(prefix: Uint8Array): number {
  return PREFIX_LENGTH + Buffer.from(prefix).readUInt16BE(14);
}

/** Parses a whole header of version 2. Returns what is wrong with it, if it is not one. */
export function parseVersion2(bytes: Uint8Array): ProxyHeader | string {
  const header = Buffer.from(bytes);
  const [version, command] = [header.readUInt8(12) >> 4, header.readUInt8(12) & 0x0f];
  if (version !== 2) return `version ${version} is not known`;
  if (command > 1) return `command ${command} is not known`;
  const family = FAMILIES[header.readUInt8(13)];
  const addressLength = family?.length ?? 0;
  const rest = header.subarray(PREFIX_LENGTH);
  // The proxy speaks for itself, or for what has no address: whatever follows is to be ignored.
  if (command === 0 || family === undefined) return { version: 2, ...NOTHING_SAID, extensions: [] };
  if (rest.length < addressLength) return "it is too short for its addresses";
  const [source, destination] = family.read(rest);
  const ends: Ends = { transport: family.transport, source, destination };
  const extensions = readExtensions(rest.subarray(addressLength));
  if (typeof extensions === "string") return extensions;
  if (!isIntact(header, extensions)) return "its checksum is wrong";
  return { version: 2, ...ends, extensions };
}

function internet(block: Buffer, size: number): [ProxyEndpoint, ProxyEndpoint] {
  const family = size === 4 ? "ipv4" : "ipv6";
  const end = (index: number): ProxyEndpoint => {
    const bytes = block.subarray(index * size, (index + 1) * size);
    const { address } = new SocketAddress({ address: inWords(bytes), family });
    return { address, port: block.readUInt16BE(2 * size + 2 * index) };
  };
  return [end(0), end(1)];
}

function inWords(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  return Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16)).join(
    ":",
  );
}

function unix(block: Buffer): [ProxyUnixEndpoint, ProxyUnixEndpoint] {
  const end = (index: number): ProxyUnixEndpoint => {
    const field = block.subarray(108 * index, 108 * (index + 1));
    // An abstract name begins with a zero; others end at the first. A socket without a name has zeros only.
    if (field.every((byte) => byte === 0)) return { path: "" };
    const zero = field.indexOf(0, 1);
    return { path: field.toString("utf8", 0, zero === -1 ? field.length : zero) };
  };
  return [end(0), end(1)];
}

function readExtensions(bytes: Buffer): ProxyExtension[] | string {
  const extensions: ProxyExtension[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 3 > bytes.length) return "an extension is cut off";
    const end = at + 3 + bytes.readUInt16BE(at + 1);
    if (end > bytes.length) return "an extension is longer than the header";
    const value = new Uint8Array(bytes.subarray(at + 3, end));
    extensions.push({ type: bytes.readUInt8(at), value });
    at = end;
  }
  return extensions;
}

/** Whether the checksum is right, if there is one: that of the header with zeros in its place. */
function isIntact(header: Buffer, extensions: readonly ProxyExtension[]): boolean {
  let at = header.length - extensions.reduce((sum, { value }) => sum + 3 + value.length, 0);
  for (const { type, value } of extensions) {
    if (type === CHECKSUM) {
      if (value.length !== 4) return false;
      const blank = Buffer.from(header).fill(0, at + 3, at + 7);
      return crc32c(blank) === Buffer.from(value).readUInt32BE(0);
    }
    at += 3 + value.length;
  }
  return true;
}

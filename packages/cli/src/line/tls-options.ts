import { readFile } from "node:fs/promises";
import { AsyncWriteError } from "@aw/core";
import type { Arguments } from "./arguments.ts";
import { usage } from "./usage.ts";

/** What both ends of TLS are told, in Node's names. */
interface TlsOptions {
  ca: Buffer | undefined;
  cert: Buffer | undefined;
  key: Buffer | undefined;
  ALPNProtocols: string[] | undefined;
}

/** For the end that connects. */
export async function clientTls(
  args: Arguments,
): Promise<TlsOptions & { servername: string | undefined; rejectUnauthorized: boolean }> {
  const servername = args.get("servername");
  return { ...(await tls(args)), servername, rejectUnauthorized: !args.has("insecure") };
}

/** For the end that is connected to; `--ca` makes it demand a certificate. */
export async function serverTls(args: Arguments): Promise<TlsOptions & { requestCert: boolean }> {
  if (!args.has("cert") || !args.has("key")) throw usage("TLS needs --cert and --key to listen");
  return { ...(await tls(args)), requestCert: args.has("ca") };
}

async function tls(args: Arguments): Promise<TlsOptions> {
  if (args.has("cert") !== args.has("key")) throw usage("--cert and --key go together");
  const ALPNProtocols = protocolsOf(args);
  const [ca, cert, key] = await Promise.all(["ca", "cert", "key"].map((name) => pem(args, name)));
  return { ca, cert, key, ALPNProtocols };
}

/** Names of 1 to 255 bytes: others would fail each handshake. */
function protocolsOf(args: Arguments): string[] | undefined {
  const names = args.get("alpn")?.split(",");
  for (const name of names ?? []) {
    const { length } = Buffer.from(name);
    if (length < 1 || length > 255) {
      throw usage(`--alpn takes names of 1 to 255 bytes, separated by commas, not "${name}"`);
    }
  }
  return names;
}

async function pem(args: Arguments, name: string): Promise<Buffer | undefined> {
  const path = args.get(name);
  try {
    return path === undefined ? undefined : await readFile(path);
  } catch (error) {
    throw AsyncWriteError.from(error, `--${name}`);
  }
}

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
  const [ca, cert, key] = await Promise.all(["ca", "cert", "key"].map((name) => pem(args, name)));
  return { ca, cert, key, ALPNProtocols: args.get("alpn")?.split(",") };
}

async function pem(args: Arguments, name: string): Promise<Buffer | undefined> {
  const path = args.get(name);
  try {
    return path === undefined ? undefined : await readFile(path);
  } catch (error) {
    throw AsyncWriteError.from(error, `--${name}`);
  }
}

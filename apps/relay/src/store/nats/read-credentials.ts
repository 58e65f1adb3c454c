import type { Authenticator } from "@nats-io/transport-node";
import { ConfigError } from "../../config/config-error.ts";
import { readNamed } from "../../config/read-named.ts";

/**
 * Reads a file of credentials, as `nsc generate creds` writes it, once.
 *
 * @param authenticatorOf of the client, which is loaded only for a store that is NATS
 * @throws ConfigError for a file that can't be read, or is none; no part of it is in the message
 */
export async function readCredentials(
  path: string,
  authenticatorOf: (credentials: Uint8Array) => Authenticator,
): Promise<Authenticator> {
  const text = await readNamed("nats.credentials", path);
  const authenticator = authenticatorOf(Buffer.from(text));
  try {
    authenticator(""); // reads the key, and has nothing to sign
  } catch (error) {
    throw new ConfigError(
      `nats.credentials: ${path} is no file of credentials, with a JWT and the seed of its key: ${(error as Error).message}`,
      { cause: error },
    );
  }
  return authenticator;
}

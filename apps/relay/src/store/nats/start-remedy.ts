import { tlsRemedy } from "../tls-remedy.ts";
import { isDenied, isLoginRefused } from "./nats-failure.ts";

/** What an operator can do about a store that can't be used when the relay starts; undefined if the error does not say. */
export function remedyFor(error: unknown): string | undefined {
  if (isLoginRefused(error)) {
    return "give a login that it knows: user:password@ or token@ in the key store, or a file in nats.credentials";
  }
  if (isDenied(error)) return "grant its user what apps/relay/README.md lists";
  if (/does not support 'tls'/.test((error as Error).message)) {
    return "give it a certificate, or set nats.tls to false and leave out upstream";
  }
  return tlsRemedy(error);
}

import { tlsRemedy } from "../tls-remedy.ts";
import { isDenied, isMissing } from "./s3-failure.ts";

/** What an operator can do about a bucket that can't be used when the relay starts. */
export function remedyFor(error: unknown): string {
  if ((error as Error).name === "CredentialsProviderError") {
    return "give its keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile in AWS_PROFILE";
  }
  if (isDenied(error)) {
    return "give keys that may list, read, write and remove its objects in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  }
  if (isMissing(error)) return "make it there, or change the key store";
  return tlsRemedy(error) ?? "start the server there, or change the key store";
}

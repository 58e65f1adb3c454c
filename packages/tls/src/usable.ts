import { invalidArgument } from "@aw/core/implementor";

/**
 * What `make` makes of the user's options.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` with what Node or OpenSSL says against them
 */
export function usable<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw invalidArgument(`tls: ${(error as Error).message}`, error);
  }
}

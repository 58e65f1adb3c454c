import { AsyncWriteError } from "@aw/core";
import { printable } from "./printable.ts";

/** What to do about the failures that people meet; those that say most about the target first. */
const REMEDIES: Readonly<Record<string, string>> = {
  ECONNRESET: "reset by the peer; does it refuse this client?",
  ECONNREFUSED: "refused; is the server running?",
  ENOENT: "there is no such socket; is the server running?",
  EACCES: "no permission; may this user use the socket, and the port?",
  ENOTFOUND: "the host name can't be resolved; is it spelled right?",
  EAI_AGAIN: "the host name can't be resolved now; is the network up?",
  EADDRNOTAVAIL: "the address can't be used here; is `localAddress` one of this machine?",
  EMFILE: "no descriptor is free; close connections, or raise the limit (ulimit -n)",
  EHOSTUNREACH: "the host is unreachable; is the network up?",
  ENETUNREACH: "the network is unreachable; is it up?",
  ETIMEDOUT: "no answer; is the host reachable?",
};
const CODES = Object.keys(REMEDIES);

/** Why there is no connection, with what to do about it. Node's error is the cause. */
export function connectFailure(name: string, cause: Error): AsyncWriteError {
  const { code = "", message } = mostTelling(cause);
  const text = `connect ${name}: ${REMEDIES[code] ?? printable(message)}`;
  return new AsyncWriteError(code === "ETIMEDOUT" ? "ERR_AW_TIMEOUT" : "ERR_AW_CONNECT", text, {
    cause,
  });
}

/** Node's error about several addresses has no message, and the code of whichever failed first. */
function mostTelling(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  if (!(error instanceof AggregateError)) return error;
  const errors = error.errors as NodeJS.ErrnoException[];
  const rank = ({ code = "" }: NodeJS.ErrnoException): number => CODES.indexOf(code);
  return errors.toSorted((a, b) => rank(a) - rank(b))[0] ?? error;
}

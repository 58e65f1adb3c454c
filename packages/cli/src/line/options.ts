import type { Kind } from "./target.ts";

export interface Option {
  /** What its value is called in the help. Without one, it takes none. */
  readonly value?: string;
  /** Whether the value may be left out; it is given as `--name=value` then, never as a word of its own. */
  readonly optional?: true;
  readonly short?: string;
  /** The kinds of target that it means something to. Default: all. */
  readonly of?: readonly Kind[];
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;

const SOCKETS: readonly Kind[] = ["tcp", "unix", "tls", "ws", "wss"];
const SECURE: readonly Kind[] = ["tls", "wss"];
const FILES: readonly Kind[] = ["file"];

export const FILE: Options = {
  atomic: { of: FILES, help: "the file appears whole, when all went well, or stays as it was" },
  append: { of: FILES, help: "add to the end of the file" },
  durability: {
    value: "HOW",
    of: FILES,
    help: "none (default), data or full: what is on the disk at the end",
  },
};

const TLS: Options = {
  cert: { value: "FILE", of: SECURE, help: "our certificate chain (PEM)" },
  key: { value: "FILE", of: SECURE, help: "its key (PEM)" },
  alpn: { value: "NAMES", of: ["tls"], help: "application protocols, separated by commas" },
};

export const CLIENT_TLS: Options = {
  ca: {
    value: "FILE",
    of: SECURE,
    help: "whom to trust (PEM) instead of the well-known authorities",
  },
  ...TLS,
  servername: {
    value: "NAME",
    of: SECURE,
    help: "whose certificate is expected (default: the host)",
  },
  insecure: { of: SECURE, help: "trust every certificate: for experiments" },
};

export const SERVER_TLS: Options = {
  ...TLS,
  ca: {
    value: "FILE",
    of: SECURE,
    help: "demand a certificate of the sender, by one of these (PEM)",
  },
};

export const CONNECT: Options = {
  timeout: {
    value: "TIME",
    of: SOCKETS,
    help: "fail when connecting, or the peer, makes no progress for so long, as 30s",
  },
  "half-close": {
    of: ["ws", "wss"],
    help: "agree with the server on aw.half-close.v1, which aw recv knows",
  },
  "no-wait": {
    of: SOCKETS,
    help: "end when all is sent; do not wait until the peer has ended too",
  },
};

export const ACCEPT: Options = {
  output: { value: "TARGET", short: "o", help: "a file, or - for standard output (default)" },
  many: {
    value: "N",
    optional: true,
    help: "take N connections (default: all), each to its own file: -o part-{n}",
  },
  timeout: {
    value: "TIME",
    of: SOCKETS,
    help: "fail when nothing comes from the peer for so long",
  },
};

export const COMMON: Options = {
  progress: { help: "show what went through, on standard error" },
  help: { short: "h", help: "this text" },
};

import type { Competitor } from "../../src/competitor.ts";

/** The streams of Node. */
export const competitor: Competitor = {
  ways: {
    call: async () => (await import("./call.ts")).call,
    tcp: async () => (await import("./send.ts")).tcp,
    tls: async () => (await import("./send.ts")).tls,
    "serve-echo": async () => (await import("./serve.ts")).serveEcho,
    "serve-messages": async () => (await import("./serve.ts")).serveMessages,
    proxy: async () => (await import("./serve.ts")).proxy,
    accept: async () => (await import("./serve.ts")).serveEcho,
    file: async () => (await import("./file.ts")).file,
    gzip: async () => (await import("./codec.ts")).gzip,
    zstd: async () => (await import("./codec.ts")).zstd,
    gunzip: async () => (await import("./decode.ts")).gunzip,
    inflate: async () => (await import("./decode.ts")).inflate,
    unbrotli: async () => (await import("./decode.ts")).unbrotli,
    unzstd: async () => (await import("./decode.ts")).unzstd,
    "read-lines": async () => (await import("./read-lines.ts")).readLines,
    logs: async () => (await import("./logs.ts")).logs,
    flush: async () => (await import("./logs.ts")).flush,
    echo: async () => (await import("./connections.ts")).echo,
    copy: async () => (await import("./copy.ts")).copy,
    idle: async () => (await import("./connections.ts")).idle,
    "idle-used": async () => (await import("./connections.ts")).idle,
    stalled: async () => (await import("./connections.ts")).stalled,
  },
};

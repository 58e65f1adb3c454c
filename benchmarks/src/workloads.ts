import type { WorkloadName, Ways } from "./ways.ts";
import type { Workload } from "./workload.ts";

type Load<Name extends WorkloadName> = () => Promise<Workload<Ways[Name]>>;

/** Loaded by name, so that a process that is measured has nothing in it but its own work. */
const loaders: { readonly [Name in WorkloadName]: Load<Name> } = {
  call: async () => (await import("./workloads/call.ts")).call,
  tcp: async () => (await import("./workloads/send.ts")).tcp,
  tls: async () => (await import("./workloads/send.ts")).tls,
  websocket: async () => (await import("./workloads/send.ts")).websocket,
  "websocket-receive": async () =>
    (await import("./workloads/websocket-receive.ts")).websocketReceive,
  broadcast: async () => (await import("./workloads/broadcast.ts")).broadcast,
  "serve-echo": async () => (await import("./workloads/serve.ts")).serveEcho,
  "serve-messages": async () => (await import("./workloads/serve.ts")).serveEcho,
  proxy: async () => (await import("./workloads/serve.ts")).proxy,
  accept: async () => (await import("./workloads/serve.ts")).accept,
  file: async () => (await import("./workloads/file.ts")).file,
  "log-lines": async () => (await import("./workloads/log-lines.ts")).logLines,
  gzip: async () => (await import("./workloads/codec.ts")).gzip,
  zstd: async () => (await import("./workloads/codec.ts")).zstd,
  gunzip: async () => (await import("./workloads/decode.ts")).gunzip,
  inflate: async () => (await import("./workloads/decode.ts")).inflate,
  unbrotli: async () => (await import("./workloads/decode.ts")).unbrotli,
  unzstd: async () => (await import("./workloads/decode.ts")).unzstd,
  "read-lines": async () => (await import("./workloads/read-lines.ts")).readLines,
  logs: async () => (await import("./workloads/logs.ts")).logs,
  copy: async () => (await import("./workloads/copy.ts")).copy,
  echo: async () => (await import("./workloads/round-trip.ts")).echo,
  flush: async () => (await import("./workloads/round-trip.ts")).flush,
  idle: async () => (await import("./workloads/connections.ts")).idle,
  "idle-used": async () => (await import("./workloads/connections.ts")).idleUsed,
  stalled: async () => (await import("./workloads/connections.ts")).stalled,
  import: async () => (await import("./workloads/modules.ts")).importTime,
  size: async () => (await import("./workloads/modules.ts")).size,
};

/** The caller has the name and the way of it from one place, so that they fit is known there only. */
export async function loadWorkload(name: WorkloadName): Promise<Workload<unknown>> {
  return (await loaders[name]()) as Workload<unknown>;
}

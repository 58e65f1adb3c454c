import type { WorkloadName, Ways } from "./ways.ts";
import type { Workload } from "./workload.ts";
import { call } from "./workloads/call.ts";
import { gzip, zstd } from "./workloads/codec.ts";
import { idle, idleUsed, stalled } from "./workloads/connections.ts";
import { copy } from "./workloads/copy.ts";
import { file } from "./workloads/file.ts";
import { logs } from "./workloads/logs.ts";
import { importTime, size } from "./workloads/modules.ts";
import { echo, flush } from "./workloads/round-trip.ts";
import { tcp, tls, websocket } from "./workloads/send.ts";

const workloads: { readonly [Name in WorkloadName]: Workload<Ways[Name]> } = {
  call,
  tcp,
  tls,
  websocket,
  file,
  gzip,
  zstd,
  logs,
  copy,
  echo,
  flush,
  idle,
  "idle-used": idleUsed,
  stalled,
  import: importTime,
  size,
};

/** The caller has the name and the way of it from one place, so that they fit is known there only. */
export function workloadNamed(name: WorkloadName): Workload<unknown> {
  return workloads[name] as Workload<unknown>;
}

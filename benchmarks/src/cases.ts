import type { Parameters } from "./task.ts";
import { sizeName } from "./units.ts";
import type { WorkloadName } from "./ways.ts";

/** A workload, and what of it is measured. */
export interface BenchCase extends Parameters {
  readonly name: string;
  readonly workload: WorkloadName;
}

const SIZES: readonly number[] = [16, 64, 1 << 10, 64 << 10, 1 << 20];
const SMALL = 64;
const LINE = 100;

const CHAINS: readonly (readonly [name: string, layers: number])[] = [
  ["call-trait", 0],
  ["call-buffered", 1],
  ["call-5-layers", 5],
];

const DEFAULTS: Parameters = { size: SMALL, layers: 1, burst: 1, figure: "speed" };

function one(name: string, workload: WorkloadName, parameters: Partial<Parameters>): BenchCase {
  return { ...DEFAULTS, ...parameters, name, workload };
}

function bySize(workload: WorkloadName): BenchCase[] {
  return SIZES.map((size) => one(`${workload}-${sizeName(size)}`, workload, { size }));
}

/** Everything that is measured. */
export const cases: readonly BenchCase[] = [
  ...CHAINS.map(([name, layers]) => one(name, "call", { layers })),
  ...CHAINS.map(([name, layers]) => one(`${name}-heap`, "call", { layers, figure: "heap" })),
  ...bySize("tcp"),
  one("tcp-64B-heap", "tcp", { figure: "heap" }),
  ...bySize("tls"),
  ...bySize("websocket"),
  ...[64, 64 << 10].map((size) =>
    one(`websocket-receive-${sizeName(size)}`, "websocket-receive", { size }),
  ),
  one("broadcast-200B", "broadcast", { size: 200 }),
  one("broadcast-200B-bursts", "broadcast", { size: 200, burst: 8 }),
  one("serve-echo-128B", "serve-echo", { size: 128 }),
  one("serve-messages-128B", "serve-messages", { size: 128, burst: 16 }),
  ...[64 << 10, 1 << 10].map((size) => one(`proxy-${sizeName(size)}`, "proxy", { size })),
  one("proxy-1KiB-16", "proxy", { size: 1 << 10, burst: 16 }),
  one("accept", "accept", {}),
  ...bySize("file"),
  one("file-64B-heap", "file", { figure: "heap" }),
  one("log-lines", "log-lines", { size: LINE }),
  one("gzip-lines", "gzip", { size: LINE }),
  ...bySize("gzip"),
  one("zstd-lines", "zstd", { size: LINE }),
  ...bySize("zstd"),
  ...(["gunzip", "inflate", "unbrotli", "unzstd"] as const).flatMap((workload) => [
    one(`decode-${workload}-64KiB`, workload, { size: 64 << 10 }),
    one(`decode-${workload}-100B`, workload, { size: LINE }),
  ]),
  one("read-lines", "read-lines", { size: LINE }),
  one("logs", "logs", {}),
  one("copy-file-to-tcp", "copy", { size: 64 << 10 }),
  one("tcp-echo-64B", "echo", {}),
  one("flush-gzip-tls-64B", "flush", {}),
  one("idle-10000", "idle", {}),
  one("idle-10000-after-use", "idle-used", {}),
  one("stalled-1000", "stalled", {}),
  one("import-time", "import", {}),
  one("bundle-size", "size", {}),
];

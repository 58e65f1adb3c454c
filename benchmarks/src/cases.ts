import type { BenchCase } from "./bench-case.ts";
import { heap, pollWrite, writeAll } from "./cases/call.ts";
import { gzipParallel, zstd64K } from "./cases/compression.ts";
import { idleMemory, idleUsedMemory, roundTrip } from "./cases/connections.ts";
import { file64 } from "./cases/file.ts";
import { gzipLines } from "./cases/gzip.ts";
import { tcp64, tcp64K } from "./cases/tcp.ts";
import { websocket64, websocket64K } from "./cases/websocket.ts";

export const cases: readonly BenchCase[] = [
  pollWrite,
  writeAll,
  heap,
  tcp64,
  tcp64K,
  idleMemory,
  idleUsedMemory,
  roundTrip,
  file64,
  gzipLines,
  gzipParallel,
  zstd64K,
  websocket64,
  websocket64K,
];

import type { AsyncWrite } from "../trait/async-write.ts";
import { inspect, type InspectWriter } from "./inspect.ts";

export interface ProgressOptions {
  /** How many bytes there will be, if known. Passed on to `onProgress`. */
  total?: number | undefined;
  /** Called after every accepted write with the count of bytes so far. */
  onProgress: (bytes: number, total: number | undefined) => void;
}

/** Reports how many bytes the inner writer has accepted. */
export function progress(inner: AsyncWrite, options: ProgressOptions): InspectWriter {
  const { total, onProgress } = options;
  let bytes = 0;
  return inspect(inner, (accepted) => {
    bytes += accepted.length;
    onProgress(bytes, total);
  });
}

import { arch, cpus, release, totalmem, type } from "node:os";

/** What the figures were measured on. */
export function describeMachine(): { machine: string; node: string } {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const machine = `${cpus().length} x ${cpu?.model ?? "unknown"}, ${memory}, ${type()} ${release()} ${arch()}`;
  return { machine, node: process.version };
}

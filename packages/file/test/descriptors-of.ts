import { readdirSync, readlinkSync } from "node:fs";

/** How many descriptors of this process are open on a file. */
export function descriptorsOf(path: string): number {
  const fds = readdirSync("/proc/self/fd");
  return fds.filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      // The descriptor of the listing itself is gone by now.
      return false;
    }
  }).length;
}

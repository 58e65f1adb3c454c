import { readFileSync, readlinkSync, statfsSync } from "node:fs";
import { hostname } from "node:os";

/** The host, for people. */
export function hostName(): string {
  return hostname();
}

let knownBoot: string | undefined;

/**
 * The run of the kernel: no two machines, and no two starts of one, have the same, whatever their
 * names. Outside Linux the name of the host has to do.
 */
export function bootId(): string {
  return (knownBoot ??= attempt(
    () => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(),
    `host ${hostname()}`,
  ));
}

let knownNamespace: string | undefined;

/** In which ids of processes mean the same: a container has its own. */
export function pidNamespace(): string {
  return (knownNamespace ??= attempt(() => readlinkSync("/proc/self/ns/pid"), ""));
}

/** File systems that only one kernel has mounted at a time, by the numbers of statfs(2). */
const LOCAL: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs, which containers have
  0x4d44, // vfat
  0x2011bab0, // exfat
  0x3153464a, // jfs
]);

/**
 * Whether everybody who can see a folder runs on this kernel: then what an earlier start of it has
 * left belongs to nobody. Of network and cluster file systems, and outside Linux, it is not known.
 */
export function isLocal(folder: string): boolean {
  return process.platform === "linux" && attempt(() => LOCAL.has(statfsSync(folder).type), false);
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    // Not Linux, or a sandbox without /proc.
    return otherwise;
  }
}

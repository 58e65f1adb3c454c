import { execFileSync } from "node:child_process";

/** Whether this process may mount file systems: faults are injected with real ones. */
export const MAY_MOUNT: boolean = mayMount();

function mayMount(): boolean {
  try {
    execFileSync("unshare", ["--mount", "true"], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write(
      "SKIPPED: tests of full disks and read-only mounts; they need the right to mount\n",
    );
    return false;
  }
}

/** Runs `use` with a file system in memory mounted at `path`. */
export async function mounted(
  path: string,
  options: string,
  use: () => Promise<void>,
): Promise<void> {
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]);
  try {
    await use();
  } finally {
    execFileSync("umount", ["--lazy", path]);
  }
}

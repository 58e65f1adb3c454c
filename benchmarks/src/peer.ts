import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Runs a program of this folder beside the measurement; `use` gets the port that it prints. */
export async function withPeer<T>(
  program: string,
  use: (port: number) => Promise<T>,
  ...args: string[]
): Promise<T> {
  const peer = spawn(process.execPath, [join(import.meta.dirname, program), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [port] = (await once(peer.stdout, "data")) as [Buffer];
    return await use(Number(String(port)));
  } finally {
    peer.kill();
  }
}

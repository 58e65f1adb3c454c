import { spawn } from "node:child_process";
import { once } from "node:events";
import { lineReader } from "./line-reader.ts";
import type { Served } from "./ways.ts";

/**
 * Starts a server that is a program. It prints its port, then `USER SYSTEM` for each line it gets: its CPU time so
 * far in microseconds. It ends when its standard input does: when it is closed, or when this process ends.
 */
export async function nativeServe(
  program: () => string,
  ...args: string[]
): Promise<Required<Served>> {
  const server = spawn(program(), args, { stdio: ["pipe", "pipe", "inherit"] });
  // It may be gone when it is asked.
  server.stdin.on("error", () => {});
  const ended = once(server, "close");
  const line = lineReader(server.stdout);
  const port = await line();
  if (port === undefined) throw new Error(`${program()} ${args.join(" ")} did not begin`);
  return {
    port: Number(port),
    async cpuUsage() {
      server.stdin.write("\n");
      const times = await line();
      if (times === undefined) throw new Error(`${program()} ${args.join(" ")} is gone`);
      const [user, system] = times.split(" ").map(Number) as [number, number];
      return { user, system };
    },
    async close() {
      server.stdin.end();
      const [code] = (await ended) as [number | null];
      if (code !== 0) throw new Error(`${program()} ${args.join(" ")} ended with ${code}`);
    },
  };
}

import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import type { WebSocketConnection } from "@aw/websocket";
import { after } from "./instruments.ts";

/** Runs a program, and gives its lines one at a time. */
export function run(command: string, args: string[]): { line: () => Promise<string> } {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  after(() => child.kill());
  const lines: string[] = [];
  let rest = "";
  let grown = (): void => {};
  child.stdout.on("data", (data: Buffer) => {
    rest += data.toString();
    lines.push(...rest.split("\n").slice(0, -1));
    rest = rest.slice(rest.lastIndexOf("\n") + 1);
    grown();
  });
  child.on("exit", () => grown());
  const line = async (): Promise<string> => {
    while (lines.length === 0) {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
      await new Promise<void>((resolve) => {
        grown = resolve;
      });
    }
    return lines.shift() as string;
  };
  return { line };
}

/** What is sent to every referee. */
export const BYTES: Buffer = randomBytes(5_000_000);
/** Their SHA-256. */
export const HASH: string = createHash("sha256").update(BYTES).digest("hex");

/** Small writes, large ones, and flushes. */
export async function send(out: WebSocketConnection): Promise<void> {
  let start = 0;
  for (const size of [1, 63, 64, 1000, 65_536, 200_000]) {
    for (let index = 0; index < 10; index++, start += size) {
      await out.writeAll(BYTES.subarray(start, start + size));
    }
    await out.flush();
  }
  await out.writeAll(BYTES.subarray(start));
  await out.close();
}

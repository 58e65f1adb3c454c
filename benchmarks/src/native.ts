import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { FileWay, Payload, SendWay, SocketTarget } from "./ways.ts";

const execute = promisify(execFile);

/** Ways that are programs: they are given where to, SIZE and COUNT, and print their time and the answer. */
async function runNative(
  program: string,
  args: readonly string[],
  { message, count }: Payload,
  ...rest: readonly string[]
): Promise<{ milliseconds: number; arrived: number }> {
  const { stdout } = await execute(program, [...args, `${message.length}`, `${count}`, ...rest]);
  const [milliseconds, arrived] = stdout.split(" ").map(Number) as [number, number];
  return { milliseconds, arrived };
}

/** A program that connects to a port of this machine. */
export function nativeSend(program: () => string, ...rest: string[]): SendWay<SocketTarget> {
  return ({ port }, payload) => runNative(program(), ["tcp", `${port}`], payload, ...rest);
}

/** A program that writes a file. */
export function nativeFile(program: () => string, ...rest: string[]): FileWay {
  return (path, payload) => runNative(program(), ["file", path], payload, ...rest);
}

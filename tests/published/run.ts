import { Running } from "@aw/testing";
import { cleanEnvironment } from "./clean-environment.ts";

/** Runs a program to its end, while this process serves the registry. Resolves with what it prints. */
export async function run(
  folder: string,
  command: string,
  args: readonly string[],
  extra: NodeJS.ProcessEnv = {},
): Promise<string> {
  const running = new Running(command, args, {
    cwd: folder,
    env: cleanEnvironment(extra),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { code, signal, stdout, stderr } = await running.ended;
  if (code === 0) return String(stdout);
  throw new Error(
    `${command} ${args.join(" ")} in ${folder}: ${code ?? signal}\n${stdout}${stderr}`,
  );
}

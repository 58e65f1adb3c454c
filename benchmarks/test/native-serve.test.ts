import { expect, it } from "vitest";
import { nativeServe } from "../src/native-serve.ts";

/** Prints a port, then the same CPU time for each line it gets, and ends with its standard input. */
const SERVER: string = `
  console.log(1234);
  process.stdin.setEncoding("utf8").on("data", (text) => {
    process.stdout.write("10 20\\n".repeat(text.split("\\n").length - 1));
  });
`;

const serveBy = (program: string) => nativeServe(() => process.execPath, "-e", program);

it("asks a server in a process of its own for the CPU time of that process", async () => {
  const { port, cpuUsage, close } = await serveBy(SERVER);
  expect(port).toBe(1234);
  expect(await cpuUsage()).toEqual({ user: 10, system: 20 });
  expect(await Promise.all([cpuUsage(), cpuUsage()])).toHaveLength(2);
  await close();
});

it("rejects when the server does not begin, and when it is gone", async () => {
  await expect(serveBy("")).rejects.toThrow("did not begin");
  const { cpuUsage, close } = await serveBy("console.log(1)");
  await expect(cpuUsage()).rejects.toThrow("is gone");
  await close();
});

it("rejects when the server fails", async () => {
  const { close } = await serveBy("console.log(1); process.exitCode = 3");
  await expect(close()).rejects.toThrow("3");
});

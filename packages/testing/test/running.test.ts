import { createServer } from "node:net";
import { openResources, Random, Running, settled } from "@aw/testing";
import { expect, it } from "vitest";

it("a child is heard until it ends", async () => {
  const running = new Running(process.execPath, ["-e", "console.log('port 7'); process.exit(3)"]);
  expect(await running.says(/port (\d)/, "stdout")).toBe("7");
  expect(await running.ended).toMatchObject({ code: 3, signal: null, stderr: "" });
  await expect(running.says(/never/, "stdout")).rejects.toThrow("ended without");
});

it("what is open is counted, and waited for", async () => {
  const before = openResources();
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  expect(openResources().get("TCPServerWrap")).toBe((before.get("TCPServerWrap") ?? 0) + 1);
  server.close();
  await settled(before);
});

it("the generator is that of the kit", () => {
  expect(new Random(7).int(0, 1_000_000)).toBe(new Random(7).int(0, 1_000_000));
});

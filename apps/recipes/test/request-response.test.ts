import { once } from "node:events";
import { connect as connectSocket, type AddressInfo } from "node:net";
import { listen } from "@aw/tcp";
import { expect, it, onTestFinished } from "vitest";
import { connectClient, serveRequests } from "../src/request-response.ts";
import { runRecipe } from "./recipe.ts";

/** A server for one test. */
async function serving(
  handle: (params: unknown) => unknown,
): Promise<{ target: { host: string; port: number }; abort: () => void; errors: unknown[] }> {
  const errors: unknown[] = [];
  const listener = await listen();
  const served = serveRequests(listener, handle, (error) => errors.push(error));
  onTestFinished(async () => {
    listener.abort();
    await served;
  });
  const { port } = listener.address as AddressInfo;
  return { target: { host: "127.0.0.1", port }, abort: () => listener.abort(), errors };
}

it("answers many requests at once, whatever their order", async () => {
  const gates = Array.from({ length: 50 }, () => Promise.withResolvers<void>());
  const { target } = await serving(async (params) => {
    const index = params as number;
    await gates[index]?.promise;
    gates[index - 1]?.resolve(); // the last one first
    return index * index;
  });
  const client = await connectClient(target);
  const answers = gates.map((_, index) => client.call(index));
  gates.at(-1)?.resolve();
  expect(await Promise.all(answers)).toEqual(gates.map((_, index) => index * index));
  await client.close();
});

it("answers what was asked before the client closed", async () => {
  const { target } = await serving(async (params) => params);
  const client = await connectClient(target);
  const answers = Array.from({ length: 1000 }, (_, index) => client.call(index));
  await client.close();
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  await expect(client.call("more")).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
});

it("passes a handler's error on, and goes on", async () => {
  const { target } = await serving((params) => {
    if (params === "bad") throw new Error("no such thing");
    return params;
  });
  const client = await connectClient(target);
  await expect(client.call("bad")).rejects.toThrow("no such thing");
  expect(await client.call("good")).toBe("good");
  await client.close();
});

it("rejects a request that is too large before it is sent, and goes on", async () => {
  const { target } = await serving((params) => params);
  const client = await connectClient(target);
  await expect(client.call("x".repeat(70_000))).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
  expect(await client.call("good")).toBe("good");
  await client.close();
});

it("rejects calls that wait when the connection is cut", async () => {
  const asked = Promise.withResolvers<void>();
  const { target, abort } = await serving(() => {
    asked.resolve();
    return new Promise(() => {});
  });
  const client = await connectClient(target);
  const call = client.call("anything");
  await asked.promise;
  abort();
  await expect(call).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
  await expect(client.call("more")).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
});

it.each([
  ["no JSON", "hello\n", "ERR_AW_PROTOCOL"],
  ["an endless message", "1".repeat(100_000), "ERR_AW_LIMIT"],
  ["half a message", '{"id":', "ERR_AW_TRUNCATED"],
])("drops who sends %s, and goes on", async (_name, text, code) => {
  const { target, errors } = await serving((params) => params);
  const stranger = connectSocket(target.port, target.host);
  stranger.on("error", () => {});
  stranger.end(text);
  await new Promise((resolve) => stranger.resume().on("close", resolve));
  expect(errors).toMatchObject([{ code }]);
  const client = await connectClient(target);
  expect(await client.call("good")).toBe("good");
  await client.close();
});

it("runs as two commands", async () => {
  const server = runRecipe("request-response", "serve", "0");
  const [greeting] = (await once(server.stdout, "data")) as [Buffer];
  const port = /:(\d+)\s*$/.exec(String(greeting))?.[1] ?? "";
  const client = runRecipe("request-response", port, '{"add":[2,3]}');
  expect(await client.end()).toEqual({ status: 0, output: "5\n", errors: "" });
});

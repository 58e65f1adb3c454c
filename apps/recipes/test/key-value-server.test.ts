import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { connect as connectSocket, type AddressInfo } from "node:net";
import { framed, lines, unframed } from "@aw/core";
import { connect, listen } from "@aw/tcp";
import { expect, it, onTestFinished } from "vitest";
import { commands, serveStore } from "../src/key-value-server.ts";
import { runRecipe } from "./recipe.ts";

async function serving(): Promise<{ port: number; errors: unknown[] }> {
  const errors: unknown[] = [];
  const listener = await listen();
  const served = serveStore(listener, (error) => errors.push(error));
  onTestFinished(async () => {
    listener.abort();
    await served;
  });
  return { port: (listener.address as AddressInfo).port, errors };
}

it("answers what clients of Redis ask", async () => {
  const { port } = await serving();
  const client = await connect({ port });
  const out = framed(client, commands);
  const answers = unframed(client.reader, lines({ newline: "\r\n" }));
  const asked: [string[], string[]][] = [
    [["PING"], ["+PONG"]],
    [["SET", "key", "zwölf\r\nlines"], ["+OK"]],
    [
      ["GET", "key"],
      ["$13", "zwölf", "lines"],
    ],
    [["INCR", "count"], [":1"]],
    [["INCR", "key"], ["-ERR value is not an integer"]],
    [["DEL", "key", "other", "count"], [":2"]],
    [["GET", "key"], ["$-1"]],
    [["FLY"], ["-ERR unknown command 'fly'"]],
    [["QUIT"], ["+OK"]],
  ];
  for (const [words, expected] of asked) {
    await out.send(words);
    for (const line of expected) expect((await answers.next()).value).toBe(line);
  }
  expect(await answers.next()).toMatchObject({ done: true });
  client.abort();
});

it("answers thousands of commands that came at one time, however they were cut", async () => {
  const { port } = await serving();
  const client = await connect({ port });
  const whole = Buffer.concat(
    Array.from({ length: 3000 }, (_, index) =>
      commands.encode(["set", `key ${index}`, "x".repeat(index)]),
    ).flat(),
  );
  const sent = (async () => {
    for (let at = 0; at < whole.length; at += 4999) {
      await client.writeAll(whole.subarray(at, at + 4999));
      await client.flush();
    }
    await client.writeAll("incr n\r\n\r\nquit\n");
  })();
  const answers: string[] = [];
  for await (const line of unframed(client.reader, lines({ newline: "\r\n" }))) answers.push(line);
  await sent;
  expect(answers).toEqual([...Array.from({ length: 3000 }, () => "+OK"), ":1", "+OK"]);
  client.abort();
});

it.each([
  ["no count", "*x\r\n", "ERR_AW_PROTOCOL"],
  ["no length", "*1\r\nGET\r\n", "ERR_AW_PROTOCOL"],
  ["a length beyond all bounds", "*1\r\n$99999999999\r\n", "ERR_AW_PROTOCOL"],
  ["a command without an end", "x".repeat(2 << 20), "ERR_AW_LIMIT"],
  ["half a command", "*2\r\n$3\r\nGET\r\n", "ERR_AW_TRUNCATED"],
])("ends who sends %s, and nobody else", async (_name, text, code) => {
  const { port, errors } = await serving();
  const stranger = connectSocket(port, "127.0.0.1");
  stranger.on("error", () => {});
  stranger.end(text);
  await new Promise((resolve) => stranger.resume().on("close", resolve));
  expect(errors).toMatchObject([{ code }]);
  const client = await connect({ port });
  await client.writeAll("ping\r\n");
  expect(await client.reader.readLine()).toBe("+PONG");
  client.abort();
});

it("runs as a command, and talks to socat", async () => {
  const server = runRecipe("key-value-server", "0");
  const [greeting] = (await once(server.stdout, "data")) as [Buffer];
  const port = /:(\d+)\s*$/.exec(String(greeting))?.[1] ?? "";
  const input = "set greeting hello\nget greeting\nquit\n";
  const output = execFileSync("socat", ["-", `TCP:127.0.0.1:${port}`], { input });
  expect(String(output)).toBe("+OK\r\n$5\r\nhello\r\n+OK\r\n");
});

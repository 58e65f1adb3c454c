import { once } from "node:events";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { open } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { start } from "../children/run.ts";

const folder = temporaryFolder();
const turn = () => new Promise((resolve) => setImmediate(resolve));

it.each(["async", "sync"] as const)(
  "two processes append 100,000 lines each, and every line is whole, %s",
  async (io) => {
    const path = folder.at("log");
    const names = ["a", "b"];
    const children = names.map((name) =>
      start("append-lines.ts", [path, name, "100000", io], ["pipe", "pipe", "inherit"]),
    );
    const ends = children.map((child) => once(child, "close"));
    for (let tenth = 0; tenth < 10; tenth++) {
      await Promise.all(children.map((child) => once(child.stdout as Readable, "data")));
      for (const child of children) child.stdin?.write("go");
    }
    for (const [code] of await Promise.all(ends)) expect(code).toBe(0);
    const next: Record<string, number> = { a: 0, b: 0 };
    let switches = 0;
    let last = "";
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const [name = "", index, filling = ""] = line.split(" ");
      if (Number(index) !== next[name])
        throw new Error(`line ${line.slice(0, 80)} is not in order`);
      const length = Number(index) % 20_000 === 7 ? 600_000 : (Number(index) * 7) % 200;
      if (filling !== name.repeat(length))
        throw new Error(`line ${line.slice(0, 80)} is not whole`);
      next[name] = Number(index) + 1;
      if (name !== last) switches++;
      last = name;
    }
    expect(next).toEqual({ a: 100_000, b: 100_000 });
    expect(switches).toBeGreaterThanOrEqual(10);
  },
  60_000,
);

it.each(["async", "sync"] as const)(
  "holds the start of a line until its end, or a flush, %s",
  async (io) => {
    const path = folder.at("log");
    const out = await open(path, { flags: "a", io });
    const other = await open(path, { flags: "a", io });
    await out.writeAll("whole\nst");
    while ((await readFile(path, "utf8")) !== "whole\n") await turn();
    await out.writeAll("ar");
    await other.writeAll("other\n");
    await other.flush();
    await out.writeAll("t, end\nthe last");
    await out.flush();
    expect(await readFile(path, "utf8")).toBe("whole\nother\nstart, end\nthe last");
    await out.close();
    await other.close();
  },
);

it.each(["async", "sync"] as const)("appends what has no line end too, %s", async (io) => {
  const path = folder.at("log");
  const block = Buffer.alloc(3_000_000, 1);
  const out = await open(path, { flags: "a", io });
  await out.writeAll(block);
  await out.writeAll("\n");
  await out.writeAll(block);
  await out.close();
  expect(
    Buffer.compare(await readFile(path), Buffer.concat([block, Buffer.from("\n"), block])),
  ).toBe(0);
});

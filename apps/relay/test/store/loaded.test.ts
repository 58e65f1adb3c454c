import { join } from "node:path";
import { Running } from "@aw/testing";
import { describe, expect, it } from "vitest";
import { freePorts } from "../free-ports.ts";

const SOURCES = join(import.meta.dirname, "../../src");

/** Which clients of object stores a process has loaded that has opened a store. */
async function clientsOf(store: string): Promise<string[]> {
  const program = `
    const { loadConfig } = await import(${JSON.stringify(`${SOURCES}/config/load-config.ts`)});
    const { openStore } = await import(${JSON.stringify(`${SOURCES}/store/open-store.ts`)});
    await openStore(await loadConfig(["--store", ${JSON.stringify(store)}])).catch(() => {});
    const { createRequire } = await import("node:module");
    const loaded = Object.keys(createRequire("/").cache).join();
    console.log(JSON.stringify(["@aws-sdk", "@nats-io"].filter((name) => loaded.includes(name))));`;
  const args = ["--conditions=@aw/source", "--input-type=module", "--eval", program];
  const { stdout, stderr } = await new Running(process.execPath, args).ended;
  expect(stderr).toBe("");
  return JSON.parse(String(stdout)) as string[];
}

describe("a client of an object store", () => {
  it("is loaded when the store is one, and only then", async () => {
    const [port] = await freePorts(1);
    expect(await clientsOf("tls://127.0.0.1:1")).toEqual([]);
    expect(await clientsOf(`nats://127.0.0.1:${port}/uploads`)).toEqual(["@nats-io"]);
  });
});

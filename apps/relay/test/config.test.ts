import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { flagNames, loadConfig } from "../src/config/load-config.ts";

const { at } = temporaryFolder();

async function fileWith(content: unknown): Promise<string> {
  await writeFile(
    at("relay.json"),
    typeof content === "string" ? content : JSON.stringify(content),
  );
  return at("relay.json");
}

describe("the configuration", () => {
  it("has a value for each key", async () => {
    const config = await loadConfig([]);
    expect(config).toMatchObject({
      host: "127.0.0.1",
      listen: { tcp: 0, tls: 0, http: 0, unix: false, records: false },
      store: "relay-data",
      limits: { maxConnections: 2000, maxRatio: 1000, idleSeconds: 300 },
    });
  });

  it("has each key in the README", async () => {
    const readme = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
    const [, table = ""] = /\| key \| default \| \|\n([^]*?)\n\n/.exec(readme) ?? [];
    const keys = table.split("\n").flatMap((row) => row.split("|")[1]?.match(/[\w.]+/g) ?? []);
    expect(keys.toSorted()).toEqual(flagNames().toSorted());
  });

  it("of the README is one", async () => {
    const readme = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
    const [, example = ""] = /`relay\.json`:\n\n```json\n([^]*?)```/.exec(readme) ?? [];
    const config = await loadConfig(["--config", await fileWith(example)]);
    expect(config.tls.clientCa).toBe("senders.pem");
  });

  it("is flags over the file over the defaults", async () => {
    const file = await fileWith({ host: "::1", limits: { maxBytes: 5, maxRecord: 7 } });
    const flags = ["--limits.maxBytes", "6", "--listen.tcp", "false", "--store", "x y"];
    expect(await loadConfig(["--config", file, ...flags])).toMatchObject({
      host: "::1",
      listen: { tcp: false, tls: 0 },
      store: "x y",
      limits: { maxBytes: 6, maxRecord: 7, maxConnections: 2000 },
    });
  });

  it.each([
    [{ limits: { maxBytes: "many" } }, /relay\.json: limits\.maxBytes: .*number.*"many"/],
    [{ limits: { maxBites: 7 } }, /limits\.maxBites: there is no such key/],
    [{ listen: { tcp: 70_000 } }, /listen\.tcp: .*65535/],
    [{ access: { tokens: ["short"] } }, /access\.tokens\.0: at least 16/],
    [{ host: 7, stopSeconds: -1 }, /host: .*\n.*stopSeconds: /],
    ["{", /relay\.json: .*JSON/],
    ["[]", /relay\.json: /],
  ])("names what is wrong with %j", async (content, message) => {
    const file = await fileWith(content);
    await expect(loadConfig(["--config", file])).rejects.toThrow(message);
  });

  it.each([
    [["--limits.maxBites", "7"], /limits\.maxBites/],
    [["--config", "/nowhere/relay.json"], /\/nowhere\/relay\.json: ENOENT/],
    [["stray"], /stray/],
  ])("names what is wrong with the flags %j", async (flags, message) => {
    await expect(loadConfig(flags)).rejects.toThrow(message);
  });

  it("has a pause of an upload shorter than what its chunks are removed after", async () => {
    const flags = ["--store", "nats://127.0.0.1:4222/x", "--limits.idleSeconds", "1000"];
    await expect(loadConfig(flags)).rejects.toThrow(/^nats\.orphanSeconds: .*more than 1030$/);
    expect(await loadConfig([...flags, "--nats.orphanSeconds", "1031"])).toMatchObject({
      nats: { orphanSeconds: 1031 },
    });
  });

  const tokens = ["0123456789abcdef"];
  it.each([
    [{ tls: { cert: "x" } }, /tls\.key: cert and key belong together/],
    [{ access: { tokens } }, /listen\.tcp: plain TCP.*\n.*listen\.tls: .*clientCa/],
    [{ tls: { clientCa: "x" } }, /listen\.tcp: .*\n.*listen\.http: .*tokens/],
  ])("leaves no door open beside a locked one: %j", async (content, message) => {
    const file = await fileWith(content);
    await expect(loadConfig(["--config", file])).rejects.toThrow(message);
  });

  it("is content with all doors locked, or taken out", async () => {
    const whole = { access: { tokens }, tls: { clientCa: "x" }, listen: { tcp: false } };
    await loadConfig(["--config", await fileWith(whole)]);
    const few = { access: { tokens }, listen: { tcp: false, tls: false } };
    await loadConfig(["--config", await fileWith(few)]);
  });
});

import { join } from "node:path";
import { temporaryFolder, type TemporaryFolder } from "@aw/testing/vitest";
import { pino } from "pino";
import { parse, type InferInput } from "valibot";
import { afterEach } from "vitest";
import { CONFIG } from "../src/config/schema.ts";
import { Relay, type RelayParts } from "../src/relay.ts";
import { FolderStore } from "../src/store/folder-store.ts";

type ConfigInput = InferInput<typeof CONFIG>;

/** Starts relays in a folder of the test, and stops them after it. */
export function relays(): {
  folder: TemporaryFolder;
  start: (config?: ConfigInput, parts?: Partial<RelayParts>) => Promise<Relay>;
} {
  let started: Relay[] = [];
  const folder = temporaryFolder();
  afterEach(async () => {
    await Promise.all(started.map((relay) => relay.close(0)));
    started = [];
  });
  return {
    folder,
    async start({ listen, ...config } = {}, parts = {}) {
      const sockets = { unix: folder.at("relay.sock"), records: folder.at("records.sock") };
      const whole = parse(CONFIG, { switches: true, ...config, listen: { ...sockets, ...listen } });
      const relay = await Relay.start(whole, {
        store: parts.store ?? (await FolderStore.open(folder.at("data"))),
        log: pino({ level: "error" }),
        ...parts,
      });
      started.push(relay);
      return relay;
    },
  };
}

/** Where the bytes of an upload are. */
export function fileOf(data: string, { id, name }: { id: string; name: string }): string {
  return join(data, "uploads", `${id}-${name}`);
}

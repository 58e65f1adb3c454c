import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino, type Logger } from "pino";
import { logDestination, open } from "@aw/file";
import { parse } from "valibot";
import { UpstreamStore } from "../compositions/relay-upstream.ts";
import { CONFIG, type Config } from "../config/schema.ts";
import { Relay } from "../relay.ts";
import { FolderStore } from "../store/folder-store.ts";
import { nodeExecutable, textLines } from "./inputs.ts";
import { jobsOf } from "./jobs.ts";
import { placesOf } from "./places.ts";
import { runJobs, type Row } from "./run-jobs.ts";

/** How much each composition sends. */
const INPUT_BYTES = 16 * 1024 * 1024;
const RECORD_BYTES = 4 * 1024 * 1024;

/** Relays of this machine with all their servers, in a folder that is removed at the end. */
export class Demo {
  readonly relay: Relay;
  readonly folder: string;
  readonly #forwarding: Relay;

  private constructor(folder: string, relay: Relay, forwarding: Relay) {
    this.folder = folder;
    this.relay = relay;
    this.#forwarding = forwarding;
  }

  static async start(): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), "aw-relay-"));
    const log = await logInto(join(folder, "relay.log"));
    const store = await FolderStore.open(folder);
    const relay = await Relay.start(demoConfig(folder), { store, log });
    const { host, port } = splitAddress(relay.addressOf("tls"));
    const upstream = new UpstreamStore({ host, port }, { ca: relay.credentials.cert });
    const off = { tls: false, http: false, unix: false, records: false } as const;
    const forwarding = await Relay.start(parse(CONFIG, { listen: off }), { store: upstream, log });
    return new Demo(folder, relay, forwarding);
  }

  async run(onRow?: (row: Row) => void): Promise<Row[]> {
    const input = await nodeExecutable(INPUT_BYTES);
    const records = await textLines(join(import.meta.dirname, "../../../.."), RECORD_BYTES);
    const jobs = jobsOf(placesOf(this.relay, this.#forwarding), input, records);
    return runJobs(jobs, this.relay.transfers, onRow);
  }

  /** Waits for what is under way, at most until the deadline. */
  async close(deadlineMs: number): Promise<void> {
    await this.#forwarding.close(deadlineMs); // it needs the other one to finish
    await this.relay.close(deadlineMs);
    await rm(this.folder, { recursive: true });
  }
}

function demoConfig(folder: string): Config {
  const listen = { unix: join(folder, "relay.sock"), records: join(folder, "records.sock") };
  return parse(CONFIG, { listen });
}

function splitAddress(address: string): { host: string; port: number } {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port) };
}

/** Lines of JSON that are in the file also when the process ends all of a sudden. */
async function logInto(path: string): Promise<Logger> {
  return pino(logDestination(await open(path, { flags: "a", io: "sync" })));
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "valibot";
import { openLog, type OpenLog } from "../command/open-log.ts";
import { UpstreamStore } from "../compositions/relay-upstream.ts";
import { CONFIG, type Config } from "../config/schema.ts";
import { pipelineJobs } from "../pipelines/pipeline-jobs.ts";
import { Relay } from "../relay.ts";
import { FolderStore } from "../store/folder-store.ts";
import { commandsFor, formatCommands } from "./commands.ts";
import { nodeExecutable, textLines } from "./inputs.ts";
import { jobsOf } from "./jobs.ts";
import { placesOf } from "./places.ts";
import { runJob, runPipeline, type Row } from "./run-jobs.ts";

const WARM_UP_BYTES = 128 * 1024;

/** Relays of this machine with all their servers, in a folder that is removed at the end. */
export class Demo {
  readonly relay: Relay;
  readonly folder: string;
  readonly #forwarding: Relay;
  readonly #log: OpenLog;

  private constructor(folder: string, relay: Relay, forwarding: Relay, log: OpenLog) {
    this.folder = folder;
    this.relay = relay;
    this.#forwarding = forwarding;
    this.#log = log;
  }

  static async start(): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), "aw-relay-"));
    const opened = await openLog(join(folder, "relay.log"));
    const { log } = opened;
    const store = await FolderStore.open(folder);
    const relay = await Relay.start(demoConfig(folder), { store, log });
    await writeFile(join(folder, "cert.pem"), relay.credentials.cert);
    const { host, port } = splitAddress(relay.addressOf("tls"));
    const upstream = new UpstreamStore({ host, port }, { ca: relay.credentials.cert });
    const off = { tls: false, http: false, unix: false, records: false } as const;
    const forwarding = await Relay.start(parse(CONFIG, { listen: off }), { store: upstream, log });
    return new Demo(folder, relay, forwarding, opened);
  }

  /**
   * Sends real data through each composition, and the same through Node's own streams after it. Once with little data before
   * that, which nobody sees: whoever comes first would be compiled and optimized at the expense of its figure.
   */
  async run(bytes: number, onRow?: (row: Row) => void): Promise<Row[]> {
    await this.#runOnce(WARM_UP_BYTES);
    return this.#runOnce(bytes, onRow);
  }

  /** What to type into another terminal. */
  get commands(): string {
    return formatCommands(commandsFor(this.relay, join(this.folder, "cert.pem")));
  }

  /** Ends at once what `close` waits for. */
  abort(): void {
    this.#forwarding.abort();
    this.relay.abort();
  }

  /** Waits for what is under way, at most until the deadline. */
  async close(deadlineMs: number): Promise<void> {
    await this.#forwarding.close(deadlineMs); // it needs the other one to finish
    await this.relay.close(deadlineMs);
    await this.#log[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
  }

  async #runOnce(bytes: number, onRow?: (row: Row) => void): Promise<Row[]> {
    const input = await nodeExecutable(bytes);
    const records = await textLines(join(import.meta.dirname, "../../../.."), bytes / 4);
    const { relay, folder } = this;
    const { credentials } = relay;
    const jobs = jobsOf(placesOf(relay, this.#forwarding), input, records);
    const pipelines = pipelineJobs({ input, records, credentials, folder });
    const rows: Row[] = [];
    for (const [index, job] of jobs.entries()) {
      const row = await runJob(job, relay.transfers);
      const pipeline = await pipelines[index]?.();
      if (pipeline !== undefined) row.pipelineMilliseconds = await runPipeline(pipeline, job);
      rows.push(row);
      onRow?.(row);
    }
    return rows;
  }
}

function demoConfig(folder: string): Config {
  const listen = { unix: join(folder, "relay.sock"), records: join(folder, "records.sock") };
  return parse(CONFIG, { listen, switches: true });
}

function splitAddress(address: string): { host: string; port: number } {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port) };
}

import { Running } from "@aw/testing";
import { freePorts } from "../free-ports.ts";

/** The part of it that is wanted. */
interface MonitorAnswer {
  account_details?: {
    stream_detail?: {
      name: string;
      state: { messages: number; bytes: number; first_seq: number; last_seq: number };
    }[];
  }[];
}

/** A `nats-server` that can be killed, and started again at the same place. */
export class NatsServer {
  readonly #args: readonly string[];
  #port = -1;
  #monitor = "";
  running: Running;

  private constructor(args: readonly string[]) {
    this.#args = args;
    this.running = this.#run();
  }

  /** Resolves once it listens. */
  static async start(folder: string, ...more: string[]): Promise<NatsServer> {
    const server = new NatsServer(["-a", "127.0.0.1", "-js", "-sd", folder, ...more]);
    await server.#listens();
    return server;
  }

  /** Three of one cluster. Resolves once they have a leader. */
  static async startCluster(folder: string): Promise<NatsServer[]> {
    const ports = await freePorts(3);
    const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(",");
    const servers = await Promise.all(
      ports.map((port, n) =>
        NatsServer.start(
          `${folder}/${n}`,
          `--name=n${n}`,
          "--cluster_name=test",
          `--cluster=nats://127.0.0.1:${port}`,
          `--routes=${routes}`,
        ),
      ),
    );
    await Promise.race(
      servers.map(({ running }) => running.says(/JetStream cluster new metadata leader/)),
    );
    return servers;
  }

  get name(): string | undefined {
    return this.#args.find((arg) => arg.startsWith("--name="))?.slice("--name=".length);
  }

  /** "127.0.0.1:4222". */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** What it has of the streams, as its own disk says: the same text for the same messages. */
  async holds(): Promise<string> {
    const response = await fetch(`${this.#monitor}/jsz?accounts=true&streams=true`);
    const { account_details: accounts = [] } = (await response.json()) as MonitorAnswer;
    const streams = accounts.flatMap(({ stream_detail = [] }) => stream_detail);
    return JSON.stringify(
      streams.map(({ name, state }) => {
        const { messages, bytes, first_seq: first, last_seq: last } = state;
        return { name, messages, bytes, first, last };
      }),
    );
  }

  async kill(): Promise<void> {
    this.running.child.kill("SIGKILL");
    await this.running.ended;
  }

  /** @param flags for this time only; of two that are the same the last one counts */
  async restart(...flags: string[]): Promise<void> {
    this.running = this.#run(...flags);
    await this.#listens();
  }

  #run(...flags: string[]): Running {
    const port = String(this.#port);
    return new Running("nats-server", [...this.#args, "-p", port, "-m", "-1", ...flags]);
  }

  async #listens(): Promise<void> {
    const port = await this.running.says(/client connections on 127\.0\.0\.1:(\d+)/);
    this.#monitor = `http://${await this.running.says(/http monitor on (\S+)/)}`;
    await this.running.says(/Server is ready/);
    this.#port = Number(port);
  }
}
